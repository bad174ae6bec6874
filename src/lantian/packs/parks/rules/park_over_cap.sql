-- title: 园区VOCs排放量超过总量 | Parks above their VOC cap
-- period: month      subject: register park      closes: gone
-- answers: 园区 总量
select p.key as key, p.key as subject, p.keeper as unit, p.name as title, 'VOCs排放量超过总量控制' as detail
from park p
where p.emitted > p.cap
