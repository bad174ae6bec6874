-- title: 绿色诊断企业 | Enterprises diagnosed
-- unit: 家      period: month      better: higher      subject: area (street, district, city)
-- answers: 绿色诊断
-- cumulative: yes
select p.area as subject,
  sum(coalesce(p.result, 1)) as value
from programme_item p
where p.programme = '绿色诊断' and p.done between $start and $end
group by p.area
