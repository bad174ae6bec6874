-- title: 油气回收检查不合格超过15天未整改 | Vapour recovery not fixed within 15 days
-- period: month      subject: register fuel_station      closes: gone
-- answers: 油气回收
select c.key as key, c.station as subject, s.keeper as unit, s.name as title, '油气回收检查不合格，超过15天未整改' as detail
from vapour_check c
join fuel_station s on s.key = c.station
where c.result = '不合格' and c.fixed is null and date_diff('day', c.date, $end) between 16 and 365
