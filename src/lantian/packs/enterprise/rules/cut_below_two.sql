-- title: 削减量不足新增量的两倍 | Projects whose cut is below twice what they add
-- period: month      subject: register replacement      closes: gone
-- answers: 减二增一
select r.key as key, r.key as subject, r.agency as unit, r.name as title, '替代削减量不足新增量的两倍' as detail
from replacement r
where r.approved between $start and $end and r.cut < 2 * r.added
