-- title: 燃油锅炉清洁能源改造 | Oil boilers converted
-- unit: 台      period: month      better: higher      subject: area (street, district, city)
-- answers: 燃油锅炉
-- not: 低氮; 清零; 比例      cumulative: yes
select b.area as subject,
  count(b.key) as value
from boiler b
where b.fuel = '燃油' and b.converted between $start and $end
group by b.area
