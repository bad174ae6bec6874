-- title: 污水处理率 | Sewage treated
-- unit: %      period: month      better: higher      subject: area (street, district, city)
-- answers: 污水处理率; 污水集中处理率; 污水处理 比例
-- not: 农村; 村      cumulative: yes
select r.area as subject,
  100.0 * sum(r.treated) / nullif(sum(r.discharged), 0) as value
from reclaimed_water r
where r.month between $start and $end
group by r.area
