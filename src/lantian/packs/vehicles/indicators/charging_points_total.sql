-- title: 充电桩保有量 | Charging points in service
-- unit: 个      period: to_date      better: higher      subject: area (street, district, city)
-- answers: 充电桩 累计建成|累计建设|总量|总数|保有量|规模; 充电桩 累计
-- not: 比例; 换电站; 加氢站; 覆盖; 新增; 新建
select c.area as subject,
  sum(c.points) as value
from charging_site c
where c.status = '运行' and c.opened <= $end
group by c.area
