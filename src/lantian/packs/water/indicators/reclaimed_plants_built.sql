-- title: 再生水厂建设 | Reclaimed water plants built
-- unit: 座      period: month      better: higher      subject: area (street, district, city)
-- answers: 再生水 厂
-- cumulative: yes
select d.area as subject,
  sum(d.quantity) as value
from drainage_project d
where d.kind = '再生水厂' and d.done between $start and $end
group by d.area
