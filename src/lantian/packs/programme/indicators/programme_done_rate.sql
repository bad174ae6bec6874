-- title: 专项任务完成率 | Programme items done
-- unit: %      period: to_date      better: higher      subject: area (street, district, city)
-- answers: 专项 任务 完成率
select p.area as subject,
  100.0 * count_if(p.done <= $end) / nullif(count(p.key), 0) as value
from programme_item p
where p.due <= $end
group by p.area
