-- title: 完成油气深度治理站库 | Stations with rebuilt vapour recovery
-- unit: 座      period: month      better: higher      subject: area (street, district, city)
-- answers: 油气回收 改造|治理|安装|完成; 加油站 油气
-- not: 比例      cumulative: yes
select s.area as subject,
  count(s.key) as value
from fuel_station s
where s.rebuilt between $start and $end
group by s.area
