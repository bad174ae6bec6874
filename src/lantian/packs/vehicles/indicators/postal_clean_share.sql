-- title: 邮政车中纯电动、氢燃料车比例 | Share of clean postal vehicles
-- unit: %      period: month      better: higher      subject: area (street, district, city)
-- answers: 邮政 新能源 比例
-- not: 新增
select v.area as subject,
  100.0 * count_if(v.energy in ('纯电动', '氢燃料电池')) / nullif(count(v.key), 0) as value
from fleet_vehicle v
where v.sector = '邮政' and v.status = '在用'
  and not exists (select 1 from exemption e where e.register = 'fleet_vehicle' and e.key = v.key)
group by v.area
