-- title: 裸地覆盖率 | Bare land covered
-- unit: %      period: month      better: higher      subject: area (street, district, city)
-- answers: 裸地 覆盖率; 裸地 苫盖率; 裸地 治理率

select street as subject, 100.0 * sum(coalesce(covered, 0)) / nullif(sum(size), 0) as value
from bare_land
group by street
