-- title: 巡河问题逾期未解决 | Patrol findings overdue
-- period: month      subject: area (street, district, city)      closes: gone
-- answers: 河长; 湖长; 巡河
select p.key as key, p.area as subject, p.handler as unit, p.water as title,
  p.fault || '，解决期限 ' || cast(p.due as varchar) as detail
from river_patrol p
where p.fixed is null and p.due < $as_of and p.fault <> '无'
