-- title: 污水处理厂大气专项执法 | Sewage plants checked for air
-- unit: 家      period: month      better: higher      subject: area (street, district, city)
-- answers: 污水处理厂 大气|臭气|恶臭
-- cumulative: yes
select p.area as subject,
  sum(coalesce(p.result, 1)) as value
from programme_item p
where p.programme = '污水处理厂大气专项' and p.done between $start and $end
group by p.area
