-- title: 创建绿色（绿牌）工地 | Sites rated green in the period
-- unit: 个      period: year      better: higher      subject: area (street, district, city)
-- answers: 绿色 工地; 绿牌 工地
-- not: 比例; 建筑材料; 建材      cumulative: yes
select h.street as subject, count(distinct h.key) as value
from construction_site_history h
where h.rating = '绿' and h.valid_from <= $end and (h.valid_to is null or h.valid_to > $start)
group by h.street
