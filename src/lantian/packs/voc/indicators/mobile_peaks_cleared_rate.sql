-- title: 走航高值削峰率 | Peaks of mobile surveys brought down
-- unit: %      period: to_date      better: higher      subject: area (street, district, city)
-- answers: 走航 高值|削峰|整改|闭环
select p.area as subject, 100.0 * count_if(p.again_peak < p.peak * 0.5) / nullif(count(p.key), 0) as value
from mobile_peak p
where p.date between $start and $end
group by p.area
