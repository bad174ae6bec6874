-- title: 遗撒超过3天未溯源 | Spills not traced within 3 days
-- period: month      subject: area (street, district, city)      closes: gone
-- answers: 遗撒 溯源
select s.key as key, s.area as subject, s.keeper as unit, s.code as title, '遗撒超过3天未追溯到车辆和工地' as detail
from spill s
where s.traced is null and date_diff('day', s.date, $end) between 4 and 90
