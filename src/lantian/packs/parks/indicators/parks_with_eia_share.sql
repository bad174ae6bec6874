-- title: 园区规划环评完成率 | Parks with a planning EIA
-- unit: %      period: to_date      better: higher      subject: area (street, district, city)
-- answers: 园区 规划环评
select p.area as subject,
  100.0 * count_if(p.eia <= $end) / nullif(count(p.key), 0) as value
from park p
where p.code is not null
  and not exists (select 1 from exemption e where e.register = 'park' and e.key = p.key)
group by p.area
