-- title: 含VOCs产品抽检量 | Product samples taken
-- unit: 组      period: month      better: higher      subject: area (street, district, city)
-- answers: VOCs产品 抽检; VOCs产品 抽样
-- cumulative: yes
select p.area as subject,
  count(p.key) as value
from product_sample p
where p.date between $start and $end
group by p.area
