-- title: 建设生态清洁小流域 | Clean watersheds built
-- unit: 条      period: month      better: higher      subject: area (street, district, city)
-- answers: 小流域
-- cumulative: yes
select d.area as subject,
  sum(d.quantity) as value
from drainage_project d
where d.kind = '生态清洁小流域' and d.done between $start and $end
group by d.area
