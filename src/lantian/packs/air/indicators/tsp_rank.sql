-- title: 街道TSP倒数名次 | Streets’ rank by TSP, from the worst
-- unit: 名      period: month      better: higher      subject: area (street, district, city)
-- answers: 粗颗粒物 名次|排名|后三十|后30|后十|后10|前; 粗颗粒物
select r.area as subject, min(r.place) as value
from street_rank r
where r.factor = 'TSP' and r.month between $start and $end
group by r.area
