-- title: 废弃矿山地形整治面积 | Mines levelled
-- unit: 公顷      period: month      better: higher      subject: area (street, district, city)
-- answers: 矿山 整治|治理|修复; 矿山 地质灾害
-- cumulative: yes
select m.area as subject,
  sum(m.size) as value
from mine_site m
where m.levelled between $start and $end
group by m.area
