-- title: 劣Ⅴ类断面比例 | Share of sections below class V
-- unit: %      period: month      better: lower      subject: area (street, district, city)
-- answers: 劣V类|劣Ⅴ类|劣五类 比例; 劣V类|劣Ⅴ类 断面|水体
-- cumulative: yes
select s.area as subject,
  100.0 * count_if(s.grade = '劣Ⅴ类') / nullif(count(s.key), 0) as value
from section_result s
where s.month between $start and $end and s.grade <> '断流'
group by s.area
