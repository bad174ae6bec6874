-- title: 排放超标车辆非现场处罚比例 | Share of fines by camera
-- unit: %      period: month      better: higher      subject: area (district, city)
-- answers: 非现场 处罚 比例; 超标 处罚 比例
select p.area as subject,
  100.0 * count_if(p.way = '非现场') / nullif(count(p.key), 0) as value
from vehicle_penalty p
where p.date between $start and $end
group by p.area
