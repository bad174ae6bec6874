-- title: 重型柴油车人工检查量 | Manual checks of heavy diesel vehicles
-- unit: 辆次      period: month      better: higher      subject: area (street, district, city)
-- answers: 重型柴油车 路检; 重型柴油车 检查|抽测|抽检
-- not: 重型燃气车      cumulative: yes
select c.area as subject,
  count(c.key) as value
from heavy_vehicle_check c
where c.fuel = '柴油' and c.date between $start and $end
group by c.area
