-- title: 完成整治入河排污口 | Outfalls put in order, by number
-- unit: 个      period: month      better: higher      subject: area (street, district, city)
-- answers: 入河排污口 整治|治理|完成
-- cumulative: yes
select o.area as subject,
  count(o.key) as value
from outfall o
where o.done between $start and $end
group by o.area
