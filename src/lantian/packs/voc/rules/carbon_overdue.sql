-- title: 活性炭超过更换周期 | Carbon not replaced in time
-- period: month      subject: register treatment_facility      closes: gone
-- answers: 三率; 治理设施
select t.key as key, t.key as subject, t.keeper as unit, e.name as title, '活性炭超过更换周期未更换' as detail
from treatment_facility t
join enterprise e on e.key = t.enterprise
where e.status = '在产' and t.carbon_days is not null and date_diff('day', t.carbon, $end) > t.carbon_days
