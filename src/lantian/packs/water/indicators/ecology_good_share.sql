-- title: 水生态良好点位比例 | Water ecology points graded good
-- unit: %      period: to_date      better: higher      subject: area (district, city)
-- answers: 水生态 优良|良好 比例|点位; 水生态健康 比例
select e.area as subject, 100.0 * count_if(e.grade in ('优秀', '良好')) / nullif(count(e.key), 0) as value
from ecology_result e
where e.date between $start and $end
group by e.area
