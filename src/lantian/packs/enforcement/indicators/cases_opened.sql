-- title: 立案数 | Cases opened
-- unit: 起      period: month      better: higher      subject: area (street, district, city)
-- answers: 立案; 查处 案件; 处罚 案件
-- not: 比例; 投诉      cumulative: yes
select c.area as subject,
  count(c.key) as value
from enforcement_case c
where c.date between $start and $end
group by c.area
