-- title: 完成油烟治理餐饮单位 | Restaurants treated
-- unit: 家      period: month      better: higher      subject: area (street, district, city)
-- answers: 餐饮 治理|改造|整治
-- not: 比例; 帮扶; 反映强烈; 群众反映; 投诉; 在线监控      cumulative: yes
select r.area as subject,
  count(r.key) as value
from restaurant r
where r.treated between $start and $end
group by r.area
