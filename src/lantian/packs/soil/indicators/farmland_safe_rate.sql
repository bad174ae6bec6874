-- title: 受污染耕地安全利用率 | Polluted farmland used safely
-- unit: %      period: to_date      better: higher      subject: area (street, district, city)
-- answers: 受污染耕地 安全利用率; 受污染耕地 安全利用
-- not: 地块
select f.area as subject,
  100.0 * sum(case when f.closed <= $end then f.size else coalesce(f.safe, 0) end) / nullif(sum(f.size), 0) as value
from farmland_plot f
where f.use = '耕地' and f.grade in ('安全利用', '严格管控')
group by f.area
