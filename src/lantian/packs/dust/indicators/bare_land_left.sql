-- title: 未治理裸地面积 | Bare land left
-- unit: 万m²      period: month      better: lower      subject: area (street, district, city)
-- answers: 裸地 面积; 裸地 基本消除

select street as subject, sum(size - coalesce(covered, 0)) / 10000.0 as value
from bare_land
group by street
