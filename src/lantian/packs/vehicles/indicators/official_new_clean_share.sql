-- title: 新增和更新公务用车中新能源车比例 | New energy share of new official cars
-- unit: %      period: month      better: higher      subject: area (street, district, city)
-- answers: 新增 公务车 新能源 比例; 新增 执法执勤|执法勤|公务车 新能源
-- cumulative: yes
select v.area as subject,
  100.0 * count_if(v.energy in ('纯电动', '氢燃料电池', '插电式混合动力')) / nullif(count(v.key), 0) as value
from fleet_vehicle v
where v.sector = '公务' and v.used between $start and $end
  and not exists (select 1 from exemption e where e.register = 'fleet_vehicle' and e.key = v.key)
group by v.area
