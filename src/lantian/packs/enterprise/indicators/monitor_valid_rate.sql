-- title: 自动监控数据传输有效率 | Valid data of key polluters’ monitors
-- unit: %      period: month      better: higher      subject: area (street, district, city)
-- answers: 自动监控|自动监测|在线监控|在线监测 有效率|有效传输率|传输率; 数据传输有效率|数据有效传输率|有效数据传输率
-- not: 工地; 油烟
select m.area as subject, avg(m.valid) as value
from online_monitor m
where m.required and m.connected <= $end and m.valid is not null
  and not exists (select 1 from exemption e where e.register = 'online_monitor' and e.key = m.key)
group by m.area
