-- title: 散煤清洁能源替代户数 | Households that left coal
-- unit: 户      period: month      better: higher      subject: area (street, district, city)
-- answers: 散煤; 煤改清洁能源
-- cumulative: yes
select c.area as subject,
  sum(c.households) as value
from coal_replacement c
where c.done between $start and $end
group by c.area
