-- title: 黑臭水体返黑返臭 | Waters that turned black again
-- period: month      subject: register water_body      closes: gone
-- answers: 黑臭水体; 动态清零
select s.key as key, s.body as subject, w.keeper as unit, w.name as title, '监测发现返黑返臭' as detail
from water_body_sample s
join water_body w on w.key = s.body
where s.black and s.date between $start and $end
