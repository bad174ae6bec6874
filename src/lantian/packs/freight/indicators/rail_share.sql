-- title: 货物到发铁路运输比例 | Rail share of freight
-- unit: %      period: month      better: higher      subject: area (street, district, city)
-- answers: 大宗货物 铁路运输 比例; 铁路运输 比例
-- not: 混凝土; 水泥; 新能源      cumulative: yes
select f.area as subject,
  100.0 * sum(case when f.way = '铁路' then f.tonnes else 0 end) / nullif(sum(f.tonnes), 0) as value
from freight_flow f
where f.tonnes >= 0 and f.month between $start and $end
group by f.area
