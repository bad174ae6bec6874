-- title: 石化重点企业VOCs排放量同比变化 | Change of petrochemical VOCs since the year before
-- unit: %      period: month      better: lower      subject: area (street, district, city)
-- answers: 石化 VOCs|挥发性有机物 排放量; 石化 VOCs 减排
-- cumulative: yes      statistic: change
select n.subject as subject, 100.0 * (n.total - w.total) / nullif(w.total, 0) as value
from (
  select e.area as subject, sum(e.tonnes) as total
  from enterprise_emission e
  join enterprise x on x.key = e.enterprise
  where x.industry = '石化' and e.pollutant = 'VOCs' and e.month between $start and $end
  group by e.area
) n
join (
  select e.area as subject, sum(e.tonnes) as total
  from enterprise_emission e
  join enterprise x on x.key = e.enterprise
  where x.industry = '石化' and e.pollutant = 'VOCs' and e.month between $start - interval 1 year and $end - interval 1 year
  group by e.area
) w on w.subject = n.subject
