-- title: 含VOCs产品抽检合格率 | Product samples that passed
-- unit: %      period: month      better: higher      subject: area (street, district, city)
-- answers: VOCs产品 合格率; VOCs产品 抽检 合格率
-- not: 不合格      cumulative: yes
select p.area as subject,
  100.0 * count_if(p.result = '合格') / nullif(count(p.key), 0) as value
from product_sample p
where p.result <> '待检' and p.date between $start and $end
group by p.area
