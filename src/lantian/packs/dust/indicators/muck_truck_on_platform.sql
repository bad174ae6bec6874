-- title: 渣土车接入平台率 | Muck trucks on the platform
-- unit: %      period: month      better: higher      subject: area (district, city)
-- answers: 渣土车 接入; 渣土车 平台; 渣土车 接入率

select district as subject, 100.0 * sum(case when tracked then 1 else 0 end) / nullif(count(*), 0) as value
from muck_truck
group by district
