-- title: 完成源头替代企业 | Enterprises that changed to low-VOC materials
-- unit: 家      period: month      better: higher      subject: area (street, district, city)
-- answers: 源头替代 企业|项目|完成; 低VOCs|低(无)VOCs|低挥发性 替代; 原辅材料 替代
-- not: 比例; 方案      cumulative: yes
select p.area as subject, count(distinct p.enterprise) as value
from substitution p
where p.done between $start and $end
group by p.area
