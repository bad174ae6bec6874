-- title: 汽修企业水性涂料使用比例 | Repair shops that use water-based paint
-- unit: %      period: month      better: higher      subject: area (street, district, city)
-- answers: 汽修 水性; 水性涂料 比例; 水性 替代
select r.area as subject,
  100.0 * count_if(r.water) / nullif(count(r.key), 0) as value
from repair_shop r
where r.paints
group by r.area
