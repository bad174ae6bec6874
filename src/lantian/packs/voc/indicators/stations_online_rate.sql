-- title: 加油站油气回收在线监控联网率 | Fuel stations monitored online
-- unit: %      period: month      better: higher      subject: area (street, district, city)
-- answers: 加油站 在线监控|在线监测|自动监控|自动监测 比例; 油气回收 在线监控|在线监测|自动监控|自动监测 比例
select s.area as subject,
  100.0 * count_if(s.online) / nullif(count(s.key), 0) as value
from fuel_station s
where s.kind = '加油站' and s.status = '营业'
  and not exists (select 1 from exemption e where e.register = 'fuel_station' and e.key = s.key)
group by s.area
