-- title: 餐饮单位净化设施安装率 | Restaurants with a filter
-- unit: %      period: month      better: higher      subject: area (street, district, city)
-- answers: 餐饮 净化 安装率|安装|比例; 油烟净化 比例
-- not: 清洗; 在线; 在线监控; 在线监测
select r.area as subject,
  100.0 * count_if(r.filter) / nullif(count(r.key), 0) as value
from restaurant r
where r.status = '营业'
  and not exists (select 1 from exemption e where e.register = 'restaurant' and e.key = r.key)
group by r.area
