-- title: 污染地块安全利用率 | Polluted plots used safely
-- unit: %      period: to_date      better: higher      subject: area (street, district, city)
-- answers: 污染地块 安全利用率; 建设用地 安全利用
-- not: 耕地
select p.area as subject,
  100.0 * sum(case when p.evaluated <= $end or p.controlled <= $end then p.size else 0 end) / nullif(sum(p.size), 0) as value
from building_plot p
where p.polluted and p.developed
group by p.area
