-- title: 热点网格按期反馈率 | Hot-spot grids answered in time
-- unit: %      period: month      better: higher      subject: area (street, district, city)
-- answers: 热点网格 反馈|核查|处置|办结|整改
select g.area as subject, 100.0 * count_if(g.answered <= g.due) / nullif(count(g.key), 0) as value
from hotspot_grid g
where g.due between $start and $end
group by g.area
