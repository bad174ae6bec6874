-- title: 供热分户计量比例 | Heated floor area with meters
-- unit: %      period: year      better: higher      subject: area (street, district, city)
-- answers: 分户计量 比例; 供热 计量 比例; 热计量
select h.area as subject,
  100.0 * sum(h.metered) / nullif(sum(h.floor), 0) as value
from heat_supply h
where h.season between $start and $end
group by h.area
