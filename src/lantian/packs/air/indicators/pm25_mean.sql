-- title: PM2.5平均浓度 | Mean PM2.5
-- unit: 微克/立方米      period: month      better: lower      subject: area (street, district, city)
-- answers: 细颗粒物 浓度; 细颗粒物
-- not: O3; 臭氧      cumulative: yes
select d.subject as subject, avg(d.mean) as value
from (
  select s.area as subject, h.station as station, cast(h.time as date) as day, avg(h.value) as mean
  from hour h
  join station s on s.code = h.station
  where h.factor = 'PM2.5' and h.time >= $start and h.time < $until
  group by s.area, h.station, cast(h.time as date)
  having count(h.value) >= 20
) d
group by d.subject
