-- title: 医疗废物集中收集点 | Medical waste points
-- unit: 个      period: month      better: higher      subject: area (street, district, city)
-- answers: 医疗废物
-- cumulative: yes
select p.area as subject,
  sum(coalesce(p.result, 1)) as value
from programme_item p
where p.programme = '医疗废物收集' and p.done between $start and $end
group by p.area
