-- title: 臭氧日最大8小时平均第90百分位数 | 90th percentile of the daily O3 maxima
-- unit: 微克/立方米      period: to_date      better: lower      subject: area (street, district, city)
-- answers: 臭氧 浓度|90百分位|评价值; 臭氧 8小时
-- not: PM2.5; 二氧化氮; NO2      cumulative: yes
-- HJ 663-2013, annex A: between the two days around 1 + (n - 1) × 0.9, in the order of their maxima.
select r.area as subject,
  max(case when r.n = r.low then r.o3 end) * (1 - max(r.part))
    + coalesce(max(case when r.n = r.low + 1 then r.o3 end), 0) * max(r.part) as value
from (
  select o.area as area, o.o3 as o3, o.n as n, floor(1 + 0.9 * (o.days - 1)) as low,
    1 + 0.9 * (o.days - 1) - floor(1 + 0.9 * (o.days - 1)) as part
  from (
    select d.area as area, d.o3 as o3,
      row_number() over (partition by d.area order by d.o3, d.key) as n,
      count(d.key) over (partition by d.area) as days
    from air_day d
    where d.o3 is not null and d.date between $start and $end
  ) o
) r
group by r.area
