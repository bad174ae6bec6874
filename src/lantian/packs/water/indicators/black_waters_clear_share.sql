-- title: 黑臭水体消除比例 | Share of black-odorous waters cleared
-- unit: %      period: to_date      better: higher      subject: area (street, district, city)
-- answers: 黑臭水体 消除|比例|清零; 黑臭水体 动态清零
select w.area as subject,
  100.0 * count_if(w.done <= $end and (w.relapsed is null or w.cleared >= w.relapsed)) / nullif(count(w.key), 0) as value
from water_body w
where w.kind = '黑臭水体'
group by w.area
