-- title: 石化企业环境特征污染物浓度同比变化 | Change of characteristic pollutants since the year before
-- unit: %      period: month      better: lower      subject: area (street, district, city)
-- answers: 特征污染物 浓度
-- cumulative: yes      statistic: change
select n.subject as subject, 100.0 * (n.mean - w.mean) / nullif(w.mean, 0) as value
from (
  select b.area as subject, avg(b.level) as mean
  from boundary_sample b
  join enterprise x on x.key = b.enterprise
  where x.industry = '石化' and b.date between $start and $end
  group by b.area
) n
join (
  select b.area as subject, avg(b.level) as mean
  from boundary_sample b
  join enterprise x on x.key = b.enterprise
  where x.industry = '石化' and b.date between $start - interval 1 year and $end - interval 1 year
  group by b.area
) w on w.subject = n.subject
