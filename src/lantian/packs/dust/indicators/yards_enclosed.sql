-- title: 完成封闭改造堆场 | Yards enclosed
-- unit: 处      period: month      better: higher      subject: area (street, district, city)
-- answers: 堆场|料场|堆料|料堆|料仓 封闭|密闭|全封闭|入棚入仓|仓储化; 堆场|料场 整治|治理|改造
-- not: 比例; 完成率      cumulative: yes
select y.street as subject, count(y.key) as value
from material_yard y
where y.enclosed between $start and $end
group by y.street
