-- title: 淘汰老旧柴油货车 | Old diesel trucks scrapped
-- unit: 辆      period: month      better: higher      subject: area (district, city)
-- answers: 老旧车 柴油 淘汰; 柴油货车 淘汰; 营运柴油 淘汰
-- not: 汽油      cumulative: yes
select r.area as subject,
  count(r.key) as value
from vehicle_retirement r
where r.energy = '柴油' and r.freight and r.date between $start and $end
group by r.area
