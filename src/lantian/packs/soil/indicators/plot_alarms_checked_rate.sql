-- title: 地块遥感预警核实率 | Satellite alarms checked
-- unit: %      period: to_date      better: higher      subject: area (street, district, city)
-- answers: 卫星遥感|遥感 地块 核实|核查|预警; 遥感监测 核实率
select a.area as subject, 100.0 * count_if(a.checked is not null) / nullif(count(a.key), 0) as value
from land_change_alarm a
where a.date between $start and $end
group by a.area
