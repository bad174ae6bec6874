-- title: 街道道路尘负荷倒数名次 | Streets’ rank by road dust load, from the worst
-- unit: 名      period: month      better: higher      subject: area (street, district, city)
-- answers: 道路尘负荷 后十|后10|后三十|排名|名次
select r.area as subject, min(r.place) as value
from street_rank r
where r.factor = '道路尘负荷' and r.month between $start and $end
group by r.area
