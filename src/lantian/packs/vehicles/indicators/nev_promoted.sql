-- title: 新能源汽车累计推广量 | New energy vehicles promoted so far
-- unit: 辆      period: to_date      better: higher      subject: area (district, city)
-- answers: 新能源汽车 累计推广; 新能源 汽车|车辆 累计推广
-- not: 比例; 公交; 环卫; 出租; 新增
select n.area as subject,
  sum(n.registered) as value
from nev_registration n
where n.month <= $end
group by n.area
