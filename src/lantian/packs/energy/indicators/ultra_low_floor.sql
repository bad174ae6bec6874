-- title: 超低能耗建筑面积 | Ultra-low-energy floor area
-- unit: 平方米      period: month      better: higher      subject: area (street, district, city)
-- answers: 超低能耗建筑
-- cumulative: yes
select b.area as subject,
  sum(b.floor) as value
from building_project b
where b.ultra_low and b.started between $start and $end
group by b.area
