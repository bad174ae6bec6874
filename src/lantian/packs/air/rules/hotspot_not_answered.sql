-- title: 热点网格逾期未反馈 | Hot-spot grids without an answer
-- period: month      subject: area (street, district, city)      closes: gone
-- answers: 热点网格
select g.key as key, g.area as subject, g.handler as unit, g.grid as title,
  g.why || '，反馈期限 ' || cast(g.due as varchar) || case when g.running >= 3 then '，已连续报警三次以上' else '' end as detail
from hotspot_grid g
where g.answered is null and g.due < $as_of
