-- title: 建设污水收集管线 | Sewers built
-- unit: 公里      period: month      better: higher      subject: area (street, district, city)
-- answers: 污水管线; 污水管线 建设
-- not: 合流      cumulative: yes
select d.area as subject,
  sum(d.quantity) as value
from drainage_project d
where d.kind = '污水管线' and d.done between $start and $end
group by d.area
