-- title: 环境信息按期披露率 | Disclosed in time
-- unit: %      period: month      better: higher      subject: area (street, district, city)
-- answers: 按期 披露率; 披露 比例
select d.area as subject,
  100.0 * count_if(d.disclosed <= d.due) / nullif(count(d.key), 0) as value
from disclosure d
where d.due between $start and $end
group by d.area
