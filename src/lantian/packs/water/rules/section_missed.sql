-- title: 断面未达标 | Sections that missed their goal
-- period: month      subject: register water_section      closes: gone
-- answers: 断面 达标
select r.key as key, r.section as subject, s.keeper as unit, s.name as title, '本月水质未达到目标类别' as detail
from section_result r
join water_section s on s.key = r.section
where r.met is not true and r.grade <> '断流' and r.month between $start and $end
