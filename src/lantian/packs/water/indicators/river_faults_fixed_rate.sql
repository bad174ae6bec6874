-- title: 巡河问题按期解决率 | Patrol findings solved in time
-- unit: %      period: to_date      better: higher      subject: area (street, district, city)
-- answers: 河长|湖长|巡河 问题 解决|整改|办结
select p.area as subject, 100.0 * count_if(p.fixed <= p.due) / nullif(count(p.key), 0) as value
from river_patrol p
where p.fault <> '无' and p.due between $start and $end
group by p.area
