-- title: 餐饮油烟在线监控安装率 | Restaurants with an online monitor
-- unit: %      period: month      better: higher      subject: area (street, district, city)
-- answers: 餐饮 在线监控|在线监测|自动监控 安装率|安装|联网|对接率|覆盖率|比例
-- not: 清洗; 加油站
select r.area as subject,
  100.0 * count_if(r.online) / nullif(count(r.key), 0) as value
from restaurant r
where r.status = '营业' and coalesce(r.online_due, true)
group by r.area
