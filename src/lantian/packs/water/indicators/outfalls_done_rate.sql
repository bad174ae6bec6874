-- title: 入河排污口整治完成率 | Outfalls put in order
-- unit: %      period: to_date      better: higher      subject: area (street, district, city)
-- answers: 入河排污口 整治|治理|规范化; 入河排污口 完成率
select o.area as subject,
  100.0 * count_if(o.done <= $end) / nullif(count(o.key), 0) as value
from outfall o
where o.needed
  and not exists (select 1 from exemption e where e.register = 'outfall' and e.key = o.key)
group by o.area
