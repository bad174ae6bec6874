-- title: 保持长治久清的黑臭水体 | Black-odorous waters that stay clear
-- unit: 条段      period: to_date      better: higher      subject: area (street, district, city)
-- answers: 黑臭水体
-- not: 比例; 率
select w.area as subject,
  count(w.key) as value
from water_body w
where w.kind = '黑臭水体' and w.done <= $end and (w.relapsed is null or w.cleared >= w.relapsed)
group by w.area
