-- title: 道路尘负荷 | Road dust load
-- unit: 克/平方米      period: month      better: lower      subject: area (street, district, city)
-- answers: 道路尘负荷
select d.area as subject,
  sum(d.load * coalesce(d.length, 1)) / nullif(sum(coalesce(d.length, 1)), 0) as value
from dust_load_run d
where d.date between $start and $end
group by d.area
