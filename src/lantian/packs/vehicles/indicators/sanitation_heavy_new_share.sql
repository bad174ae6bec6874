-- title: 新增和更新4.5吨以上环卫车中纯电动、氢燃料车比例 | Clean share of new sanitation vehicles of 4.5 t or more
-- unit: %      period: month      better: higher      subject: area (street, district, city)
-- answers: 新增 4.5吨以上 环卫 新能源 比例
-- cumulative: yes
select v.area as subject,
  100.0 * count_if(v.energy in ('纯电动', '氢燃料电池')) / nullif(count(v.key), 0) as value
from fleet_vehicle v
where v.sector = '环卫' and v.used between $start and $end and v.mass = '4.5吨及以上'
  and not exists (select 1 from exemption e where e.register = 'fleet_vehicle' and e.key = v.key)
group by v.area
