-- title: 再生水利用量 | Reclaimed water used
-- unit: 立方米      period: month      better: higher      subject: area (street, district, city)
-- answers: 再生水 利用量|使用量|利用|用量; 再生水
-- not: 厂      cumulative: yes
select r.area as subject,
  sum(r.used) as value
from reclaimed_water r
where r.month between $start and $end
group by r.area
