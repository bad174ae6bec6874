-- title: 裸露农田覆盖率 | Bare farmland covered
-- unit: %      period: month      better: higher      subject: area (street, district, city)
-- answers: 农田|耕地 覆盖率|裸露; 农田 覆盖
-- not: 安全利用; 污染
select b.area as subject,
  100.0 * sum(b.covered) / nullif(sum(b.size), 0) as value
from bare_farmland b
where b.size > 0
group by b.area
