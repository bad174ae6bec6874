-- title: 完成小微水体整治 | Small waters treated
-- unit: 条      period: month      better: higher      subject: area (street, district, city)
-- answers: 小微水体
-- cumulative: yes
select w.area as subject,
  count(w.key) as value
from water_body w
where w.kind = '小微水体' and w.done between $start and $end
group by w.area
