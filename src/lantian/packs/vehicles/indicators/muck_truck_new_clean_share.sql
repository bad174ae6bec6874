-- title: 新增和更新渣土车中新能源车比例 | Share of new energy among new muck trucks
-- unit: %      period: month      better: higher      subject: area (street, district, city)
-- answers: 新增 渣土车 新能源 比例; 新增 渣土车 新能源
-- cumulative: yes
select v.area as subject,
  100.0 * count_if(v.energy in ('纯电动', '氢燃料电池', '插电式混合动力')) / nullif(count(v.key), 0) as value
from fleet_vehicle v
where v.sector = '渣土运输' and v.used between $start and $end
  and not exists (select 1 from exemption e where e.register = 'fleet_vehicle' and e.key = v.key)
group by v.area
