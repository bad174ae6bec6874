-- title: 立案超过90天未作处罚决定 | Cases not decided within 90 days
-- period: month      subject: area (street, district, city)      closes: gone
-- answers: 查处
select c.key as key, c.area as subject, c.agency as unit, c.object as title, '立案超过90天，尚未作出处罚决定' as detail
from enforcement_case c
where c.decided is null and date_diff('day', c.date, $end) between 91 and 730
