-- title: 一月内同一地址三次以上诉求 | Three orders or more about one address in a month
-- period: month      subject: area (street, district, city)      closes: gone
-- answers: 诉求; 油烟 噪声
select o.address || ' ' || o.kind as key, min(o.area) as subject, min(o.keeper) as unit, o.address as title, '本月同一地址同类诉求三次以上' as detail
from citizen_order o
where o.date between $start and $end
group by o.address, o.kind
having count(o.key) >= 3
