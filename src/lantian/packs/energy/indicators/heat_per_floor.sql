-- title: 单位建筑面积供热能耗 | Heat load per floor area
-- unit: 瓦/平方米      period: year      better: lower      subject: area (street, district, city)
-- answers: 建筑面积 供热能耗; 供热能耗
select h.area as subject,
  sum(h.heat * 1000000000.0 / nullif(h.hours * 3600, 0)) / nullif(sum(h.floor), 0) as value
from heat_supply h
where h.season between $start - interval 1 year and $end
  and h.season = (select max(n.season) from heat_supply n where n.season <= $end)
group by h.area
