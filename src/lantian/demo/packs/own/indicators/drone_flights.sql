-- title: 无人机巡查架次 | Drone patrols flown
-- unit: 架次      period: month      better: higher      subject: area (district, city)
-- answers: 无人机 巡查
-- cumulative: yes
select f.area as subject, count(f.key) as value
from drone_flight f
where f.date between $start and $end
group by f.area
