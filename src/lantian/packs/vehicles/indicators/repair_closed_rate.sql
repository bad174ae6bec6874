-- title: 超标车维修复检闭环率 | Failed vehicles repaired and passed
-- unit: %      period: month      better: higher      subject: area (district, city)
-- answers: 维修 复检 比例; 维修 闭环 比例; 超标 维修 比例
select r.area as subject,
  100.0 * count_if(r.passed) / nullif(count(r.key), 0) as value
from vehicle_repair r
where r.failed between $start and $end
group by r.area
