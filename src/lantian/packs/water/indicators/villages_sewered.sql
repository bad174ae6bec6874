-- title: 完成污水治理村庄 | Villages with sewage works
-- unit: 个      period: month      better: higher      subject: area (street, district, city)
-- answers: 村庄 污水处理
-- cumulative: yes
select d.area as subject,
  sum(d.quantity) as value
from drainage_project d
where d.kind = '农村污水' and d.done between $start and $end
group by d.area
