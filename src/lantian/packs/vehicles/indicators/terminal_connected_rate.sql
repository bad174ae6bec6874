-- title: 重型车远程排放终端联网率 | Heavy vehicles with a connected terminal
-- unit: %      period: month      better: higher      subject: area (street, district, city)
-- answers: 远程 终端 联网; 车载终端|OBD 联网|安装 比例; 重型柴油车|重型燃气车|重型车 远程|在线监控 联网|安装 比例; 车载终端 比例
select v.area as subject,
  100.0 * count_if(v.terminal) / nullif(count(v.key), 0) as value
from fleet_vehicle v
where v.mass = '4.5吨及以上' and v.energy in ('柴油', '天然气') and v.status = '在用'
  and not exists (select 1 from exemption e where e.register = 'fleet_vehicle' and e.key = v.key)
group by v.area
