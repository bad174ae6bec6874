-- title: 劣Ⅴ类断面 | Sections below class V
-- unit: 个      period: month      better: lower      subject: area (street, district, city)
-- answers: 劣V类|劣Ⅴ类|劣五类 断面|水体
-- not: 比例      cumulative: yes
select s.area as subject,
  count(distinct s.section) as value
from section_result s
where s.grade = '劣Ⅴ类' and s.month between $start and $end
group by s.area
