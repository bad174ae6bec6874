-- title: 道路尘土残存量 | Road dust residue
-- unit: 克/平方米      period: month      better: lower      subject: area (street, district, city)
-- answers: 道路积尘
select d.area as subject,
  avg(d.residue) as value
from dust_residue_sample d
where d.date between $start and $end
group by d.area
