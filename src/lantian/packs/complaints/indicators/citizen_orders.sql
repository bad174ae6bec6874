-- title: 生态环境类诉求量 | Orders about the environment
-- unit: 件      period: month      better: lower      subject: area (street, district, city)
-- answers: 诉求量; 投诉量; 信访 投诉; 举报量; 信访量; 投诉举报 下降|减少
-- not: 夜间      cumulative: yes
select o.area as subject,
  count(o.key) as value
from citizen_order o
where o.date between $start and $end
group by o.area
