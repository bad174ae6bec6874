-- title: 执法检查次数 | Inspections
-- unit: 次      period: month      better: higher      subject: area (street, district, city)
-- answers: 执法检查; 执法 检查
-- not: 车; 比例      cumulative: yes
select c.area as subject,
  count(c.key) as value
from enforcement_check c
where c.date between $start and $end
group by c.area
