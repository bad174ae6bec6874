-- title: 铁路货运量 | Freight by rail
-- unit: 吨      period: month      better: higher      subject: area (street, district, city)
-- answers: 铁路运输 货运量|运输量|发送量|到发量; 铁路运输 大宗货物
-- not: 比例      cumulative: yes
select f.area as subject,
  sum(f.tonnes) as value
from freight_flow f
where f.way = '铁路' and f.month between $start and $end
group by f.area
