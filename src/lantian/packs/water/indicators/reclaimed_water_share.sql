-- title: 再生水利用率 | Reclaimed share
-- unit: %      period: month      better: higher      subject: area (street, district, city)
-- answers: 再生水 利用率|比例
-- cumulative: yes
select r.area as subject,
  100.0 * sum(r.used) / nullif(sum(r.treated), 0) as value
from reclaimed_water r
where r.month between $start and $end
group by r.area
