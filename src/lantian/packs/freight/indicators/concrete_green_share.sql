-- title: 混凝土原材料绿色运输比例 | Clean share of concrete materials
-- unit: %      period: month      better: higher      subject: area (street, district, city)
-- answers: 混凝土 绿色运输 比例; 混凝土 铁路运输 比例; 混凝土 新能源 铁路运输
-- not: 钢材; 钢铁; 煤炭      cumulative: yes
select f.area as subject,
  100.0 * sum(case when f.way in ('铁路', '水路', '管道皮带', '新能源货车') then f.tonnes else 0 end) / nullif(sum(f.tonnes), 0) as value
from freight_flow f
where f.cargo in ('混凝土原材料', '砂石') and f.month between $start and $end
group by f.area
