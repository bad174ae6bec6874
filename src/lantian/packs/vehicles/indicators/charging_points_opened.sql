-- title: 新建充电桩 | Charging points opened
-- unit: 个      period: month      better: higher      subject: area (street, district, city)
-- answers: 充电桩 新建|建成|建设|安装|增加; 充电桩
-- not: 比例; 换电站; 加氢站; 覆盖; 累计; 保有量; 总量; 总数      cumulative: yes
select c.area as subject,
  sum(c.points) as value
from charging_site c
where c.opened between $start and $end
group by c.area
