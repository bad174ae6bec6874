-- title: 重型柴油车和重型燃气车人工检查量 | Manual checks of heavy diesel and gas vehicles
-- unit: 辆次      period: month      better: higher      subject: area (street, district, city)
-- answers: 重型柴油车 重型燃气车 路检; 重型车 路检
-- cumulative: yes
select c.area as subject,
  count(c.key) as value
from heavy_vehicle_check c
where c.date between $start and $end
group by c.area
