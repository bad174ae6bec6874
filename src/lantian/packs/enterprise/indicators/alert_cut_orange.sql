-- title: 橙色预警减排比例 | Cut at an orange alert
-- unit: %      period: to_date      better: higher      subject: area (district, city)
-- answers: 橙色 预警|应急|响应 减排比例; 应急减排清单 橙色 减排; 橙色 应急减排比例
-- not: 检查; 督查; 督导; 抽查
with base as (
  select i.area as area, i.pollutant as pollutant, sum(i.tonnes) * 1000.0 / 365.0 as daily
  from emission_inventory i
  where i.year = (select max(j.year) from emission_inventory j)
  group by i.area, i.pollutant
),
cut as (
  select l.area as area, '二氧化硫' as pollutant, sum(l.so2) as daily from reduction_line l
  where l.alert = '橙色' and l.removed is null group by l.area
  union all
  select l.area as area, '氮氧化物' as pollutant, sum(l.nox) as daily from reduction_line l
  where l.alert = '橙色' and l.removed is null group by l.area
  union all
  select l.area as area, '颗粒物' as pollutant, sum(l.pm) as daily from reduction_line l
  where l.alert = '橙色' and l.removed is null group by l.area
  union all
  select l.area as area, 'VOCs' as pollutant, sum(l.voc) as daily from reduction_line l
  where l.alert = '橙色' and l.removed is null group by l.area
)
select b.area as subject, min(100.0 * coalesce(c.daily, 0.0) / nullif(b.daily, 0)) as value
from base b
left join cut c on c.area = b.area and c.pollutant = b.pollutant
where b.pollutant in ('二氧化硫', '氮氧化物', '颗粒物', 'VOCs')
group by b.area
