-- title: 污水处理厂建设 | Sewage plants built
-- unit: 座      period: month      better: higher      subject: area (street, district, city)
-- answers: 污水处理厂
-- not: 再生水; 大气; 臭      cumulative: yes
select d.area as subject,
  sum(d.quantity) as value
from drainage_project d
where d.kind = '污水处理厂' and d.done between $start and $end
group by d.area
