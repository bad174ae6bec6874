-- title: 严格管控类耕地销账率 | Strictly controlled farmland struck off
-- unit: %      period: to_date      better: higher      subject: area (street, district, city)
-- answers: 严格管控 耕地 销账|比例; 耕地 销账; 销账
select f.area as subject,
  100.0 * sum(case when f.closed <= $end then f.size else 0 end) / nullif(sum(f.size), 0) as value
from farmland_plot f
where f.use = '耕地' and f.grade = '严格管控'
group by f.area
