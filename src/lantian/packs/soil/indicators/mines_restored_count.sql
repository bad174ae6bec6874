-- title: 完成治理矿山 | Mines restored, by number
-- unit: 座      period: month      better: higher      subject: area (street, district, city)
-- answers: 矿山 整治|治理|修复
-- cumulative: yes
select m.area as subject,
  count(m.key) as value
from mine_site m
where m.levelled between $start and $end
group by m.area
