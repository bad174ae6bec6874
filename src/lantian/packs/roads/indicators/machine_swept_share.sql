-- title: 道路机械化清扫率 | Roads swept by machine
-- unit: %      period: month      better: higher      subject: area (street, district, city)
-- answers: 机械化清扫 比例; 机械化清扫; 道路 机械化|清扫保洁 比例
select r.area as subject,
  100.0 * sum(r.machine) / nullif(sum(r.length), 0) as value
from road r
where r.length > 0
group by r.area
