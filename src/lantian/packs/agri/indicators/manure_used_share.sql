-- title: 畜禽粪污综合利用率 | Manure used
-- unit: %      period: month      better: higher      subject: area (street, district, city)
-- answers: 粪污 利用率|综合利用
select f.area as subject,
  100.0 * sum(f.manure_used) / nullif(sum(f.manure), 0) as value
from livestock_farm f
where f.status = '在养'
group by f.area
