-- title: 摩托车治理查处 | Motorcycle cases
-- unit: 起      period: month      better: higher      subject: area (street, district, city)
-- answers: 摩托车
-- cumulative: yes
select p.area as subject,
  sum(coalesce(p.result, 1)) as value
from programme_item p
where p.programme = '摩托车治理' and p.done between $start and $end
group by p.area
