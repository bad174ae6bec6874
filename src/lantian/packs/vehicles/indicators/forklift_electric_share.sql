-- title: 叉车电动化比例 | Share of electric forklifts
-- unit: %      period: month      better: higher      subject: area (street, district, city)
-- answers: 叉车 新能源 比例; 叉车 新能源
select m.area as subject,
  100.0 * count_if(m.energy in ('纯电动', '氢燃料电池')) / nullif(count(m.key), 0) as value
from nrmm m
where m.kind = '叉车' and m.status = '在用'
  and not exists (select 1 from exemption e where e.register = 'nrmm' and e.key = m.key)
group by m.area
