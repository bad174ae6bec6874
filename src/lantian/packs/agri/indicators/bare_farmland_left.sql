-- title: 裸露农田面积 | Farmland that lies bare
-- unit: 公顷      period: month      better: lower      subject: area (street, district, city)
-- answers: 农田|耕地 裸露面积|裸露
-- not: 污染; 覆盖率
select f.area as subject, sum(f.size - f.covered) as value
from bare_farmland f
group by f.area
