-- title: 淘汰燃煤锅炉容量 | Coal boiler capacity removed
-- unit: 蒸吨      period: month      better: higher      subject: area (street, district, city)
-- answers: 燃煤锅炉 淘汰|改造|拆除|关停; 燃煤锅炉
-- not: 比例; 超低排放      cumulative: yes
select b.area as subject,
  sum(b.size) as value
from boiler b
where b.fuel = '燃煤' and b.converted between $start and $end
group by b.area
