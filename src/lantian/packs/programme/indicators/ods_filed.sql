-- title: 消耗臭氧层物质企业备案 | ODS enterprises on file
-- unit: 家      period: month      better: higher      subject: area (street, district, city)
-- answers: 消耗臭氧层物质|ODS 备案
-- cumulative: yes
select p.area as subject,
  sum(coalesce(p.result, 1)) as value
from programme_item p
where p.programme = 'ODS备案' and p.done between $start and $end
group by p.area
