-- title: 叉车电动化 | Forklifts electrified
-- unit: 辆      period: month      better: higher      subject: area (street, district, city)
-- answers: 叉车 新能源|更新|替代; 叉车 新能源
-- not: 比例      cumulative: yes
select m.area as subject,
  count(m.key) as value
from nrmm m
where m.kind = '叉车' and m.electrified between $start and $end
group by m.area
