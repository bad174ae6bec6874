-- title: 异味投诉量 | Orders about smells
-- unit: 件      period: month      better: lower      subject: area (street, district, city)
-- answers: 异味|恶臭|臭气|臭味 投诉量; 异味|恶臭|臭气|臭味 投诉|举报|信访; 异味|恶臭|臭气|臭味 诉求量
-- not: 解决率; 满意率; 办结率; 夜间      cumulative: yes
select o.area as subject, count(o.key) as value
from citizen_order o
where o.kind = '异味' and o.date between $start and $end
group by o.area
