-- title: 遗撒溯源到工地待处理 | Spills traced to a site, still open
-- period: month      subject: register construction_site      closes: gone
-- answers: 遗撒 溯源; 遗撒

select x.key as key, x.site as subject, s.keeper as unit, coalesce(s.name, x.site) as title,
  cast(x.date as varchar) || ' ' || coalesce(x.plate, '车牌不明') || ' ' || x.kind_of as detail
from muck_truck_violation x
join construction_site s on s.key = x.site
where x.outcome = '待处理' and x.kind_of in ('遗撒', '车轮带泥', '未密闭')
