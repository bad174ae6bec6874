-- title: 重点排污单位自动监测联网率 | Key polluters’ monitors connected
-- unit: %      period: month      better: higher      subject: area (street, district, city)
-- answers: 自动监测|自动监控|在线监测|在线监控 联网|安装 比例; 自动监测|自动监控 联网
-- not: 工地; 扬尘; 加油站; 油气; 餐饮; 油烟; 视频; 重型车; 柴油车; 燃气车; 机动车
select m.area as subject,
  100.0 * count_if(m.connected is not null) / nullif(count(m.key), 0) as value
from online_monitor m
where m.required
  and not exists (select 1 from exemption e where e.register = 'online_monitor' and e.key = m.key)
group by m.area
