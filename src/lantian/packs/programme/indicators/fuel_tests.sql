-- title: 油品和车用尿素抽测 | Fuel and urea tests
-- unit: 组      period: month      better: higher      subject: area (street, district, city)
-- answers: 油品|尿素|柴油 抽检; 加油站 油品 抽检
-- not: 涂料      cumulative: yes
select p.area as subject,
  sum(coalesce(p.result, 1)) as value
from programme_item p
where p.programme = '油品抽测' and p.done between $start and $end
group by p.area
