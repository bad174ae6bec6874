-- title: 道路尘负荷超过本期平均两倍 | Roads with twice the mean dust load
-- period: month      subject: register road      closes: gone
-- answers: 尘负荷较高; 立行立改
select d.road as key, d.road as subject, r.owner as unit, r.name as title, '本期道路尘负荷超过平均值的两倍' as detail
from dust_load_run d
join road r on r.key = d.road
where d.date between $start and $end
group by d.road, r.owner, r.name
having avg(d.load) > 2 * (select avg(n.load) from dust_load_run n where n.date between $start and $end)
