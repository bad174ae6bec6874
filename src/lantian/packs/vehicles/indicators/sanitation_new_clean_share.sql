-- title: 新增和更新环卫车中纯电动、氢燃料车比例 | Clean share of new sanitation vehicles
-- unit: %      period: month      better: higher      subject: area (street, district, city)
-- answers: 新增 环卫 新能源 比例; 新增 环卫 新能源
-- not: 4.5吨以上      cumulative: yes
select v.area as subject,
  100.0 * count_if(v.energy in ('纯电动', '氢燃料电池')) / nullif(count(v.key), 0) as value
from fleet_vehicle v
where v.sector = '环卫' and v.used between $start and $end
  and not exists (select 1 from exemption e where e.register = 'fleet_vehicle' and e.key = v.key)
group by v.area
