-- title: 应安装未联网的自动监测设备 | Monitors that must be connected and are not
-- period: month      subject: register online_monitor      closes: gone
-- answers: 自动监测; 在线监测
select m.key as key, m.key as subject, m.keeper as unit, e.name as title, '应安装的自动监测设备尚未联网' as detail
from online_monitor m
join enterprise e on e.key = m.enterprise
where m.required and m.connected is null and e.status = '在产'
