-- title: 园区集中治理设施 | Parks with shared treatment
-- unit: 个      period: to_date      better: higher      subject: area (street, district, city)
-- answers: 活性炭 集中; 有机溶剂 集中; 绿岛; 集中 钣喷|喷涂
select p.area as subject,
  count(p.key) as value
from park p
where p.shared is not null
group by p.area
