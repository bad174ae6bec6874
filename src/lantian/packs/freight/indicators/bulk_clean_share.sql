-- title: 大宗货物清洁运输比例 | Clean share of bulk goods
-- unit: %      period: month      better: higher      subject: area (street, district, city)
-- answers: 大宗货物 绿色运输 比例; 大宗货物 清洁 比例; 绿色运输 比例; 钢铁|钢材|电力|焦化|水泥熟料|有色 绿色运输 比例
-- not: 混凝土企业|混凝土原|混凝土搅拌|混凝土生产; 水泥      cumulative: yes
select f.area as subject,
  100.0 * sum(case when f.way in ('铁路', '水路', '管道皮带', '新能源货车') then f.tonnes else 0 end) / nullif(sum(f.tonnes), 0) as value
from freight_flow f
where f.cargo <> '其他' and f.month between $start and $end
group by f.area
