-- title: 已规范建筑垃圾消纳场 | Disposal sites up to standard
-- unit: 处      period: to_date      better: higher      subject: area (street, district, city)
-- answers: 消纳场 规范; 消纳 规范化

select street as subject, sum(case when standing = '已规范' then 1 else 0 end) as value
from disposal_site
group by street
