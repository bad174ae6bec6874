-- title: 规模养殖场粪污处理设施配套率 | Farms with manure treatment
-- unit: %      period: month      better: higher      subject: area (street, district, city)
-- answers: 养殖 粪污 设施; 养殖场 配套率
select f.area as subject,
  100.0 * count_if(f.treatment) / nullif(count(f.key), 0) as value
from livestock_farm f
where f.status = '在养'
  and not exists (select 1 from exemption e where e.register = 'livestock_farm' and e.key = f.key)
group by f.area
