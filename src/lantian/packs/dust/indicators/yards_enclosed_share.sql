-- title: 堆场封闭改造率 | Yards that are enclosed
-- unit: %      period: to_date      better: higher      subject: area (street, district, city)
-- answers: 堆场|料场|堆料|料堆|料仓 封闭|密闭|全封闭|入棚入仓|仓储化 比例|完成率|全部; 堆场|料场 覆盖率|整治率|治理率
select y.street as subject,
  100.0 * count_if(y.enclosed <= $end) / nullif(count(y.key), 0) as value
from material_yard y
where y.in_use
group by y.street
