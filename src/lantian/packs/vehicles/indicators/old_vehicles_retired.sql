-- title: 淘汰老旧机动车 | Old vehicles scrapped
-- unit: 辆      period: month      better: higher      subject: area (district, city)
-- answers: 老旧车 淘汰; 老旧 汽车|机动车|车辆 淘汰; 高排放 车 淘汰
-- not: 柴油 货车; 机械; 非道路      cumulative: yes
select r.area as subject,
  count(r.key) as value
from vehicle_retirement r
where r.date between $start and $end
group by r.area
