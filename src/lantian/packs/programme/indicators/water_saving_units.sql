-- title: 创建节水型单位 | Water-saving units
-- unit: 家      period: month      better: higher      subject: area (street, district, city)
-- answers: 节水型 单位|企业|小区
-- cumulative: yes
select p.area as subject,
  sum(coalesce(p.result, 1)) as value
from programme_item p
where p.programme = '节水型单位' and p.done between $start and $end
group by p.area
