-- title: 解决群众反映强烈的油烟点位 | Restaurants with complaints treated
-- unit: 处      period: month      better: higher      subject: area (street, district, city)
-- answers: 油烟|异味 群众反映|反映强烈|投诉|举报|扰民; 油烟 点位 治理|整治|整改|解决|完成
-- not: 比例; 监测; 监控; 诉求; 投诉量      cumulative: yes
select r.area as subject, count(r.key) as value
from restaurant r
where r.complained and r.treated between $start and $end
group by r.area
