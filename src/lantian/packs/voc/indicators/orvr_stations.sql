-- title: 完成ORVR改造加油站 | Stations with ORVR
-- unit: 座      period: month      better: higher      subject: area (street, district, city)
-- answers: ORVR; 车载加油油气回收
-- cumulative: yes
select s.area as subject,
  count(s.key) as value
from fuel_station s
where s.orvr between $start and $end
group by s.area
