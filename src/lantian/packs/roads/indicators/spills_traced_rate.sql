-- title: 遗撒溯源率 | Spills traced
-- unit: %      period: month      better: higher      subject: area (street, district, city)
-- answers: 遗撒 溯源; 遗撒 查处率
-- cumulative: yes
select s.area as subject,
  100.0 * count_if(s.traced is not null) / nullif(count(s.key), 0) as value
from spill s
where s.date between $start and $end
group by s.area
