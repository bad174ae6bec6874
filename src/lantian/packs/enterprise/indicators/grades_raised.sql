-- title: 绩效评级提升企业 | Enterprises whose grade rose
-- unit: 家      period: month      better: higher      subject: area (street, district, city)
-- answers: 绩效提级; 绩效 提升|升级|提级 企业
-- cumulative: yes
select g.area as subject,
  count(distinct g.enterprise) as value
from grade_change g
where g.raised and g.date between $start and $end
group by g.area
