-- title: 餐饮前端帮扶 | Restaurants helped early
-- unit: 家      period: month      better: higher      subject: area (street, district, city)
-- answers: 餐饮 帮扶
-- not: 比例      cumulative: yes
select r.area as subject,
  count(r.key) as value
from restaurant r
where r.helped between $start and $end
group by r.area
