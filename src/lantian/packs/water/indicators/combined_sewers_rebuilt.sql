-- title: 改造雨污合流管线 | Combined sewers rebuilt
-- unit: 公里      period: month      better: higher      subject: area (street, district, city)
-- answers: 合流管线
-- cumulative: yes
select d.area as subject,
  sum(d.quantity) as value
from drainage_project d
where d.kind = '合流管线改造' and d.done between $start and $end
group by d.area
