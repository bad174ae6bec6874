-- title: 治理设施“三率”均达80%的比例 | Treatment units with all three rates at 80 % or more
-- unit: %      period: month      better: higher      subject: area (street, district, city)
-- answers: 三率; 收集率; 同步运行率; 去除率
select t.area as subject,
  100.0 * count_if(t.capture >= 80 and t.running >= 80 and t.removal >= 80) / nullif(count(t.key), 0) as value
from treatment_facility t
where t.capture is not null
group by t.area
