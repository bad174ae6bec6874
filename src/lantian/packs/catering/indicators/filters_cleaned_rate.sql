-- title: 按周期清洗率 | Filters cleaned in time
-- unit: %      period: month      better: higher      subject: area (street, district, city)
-- answers: 餐饮 清洗 比例; 餐饮 清洗率; 油烟 清洗
select r.area as subject, 100.0 * count(distinct c.restaurant) / nullif(count(distinct r.key), 0) as value
from restaurant r
left join filter_cleaning c on c.restaurant = r.key and c.date <= $end and date_diff('day', c.date, $end) <= r.clean_days
where r.status = '营业' and r.filter and r.clean_days is not null
group by r.area
