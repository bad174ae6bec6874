-- title: 完成超低排放改造水泥企业 | Cement plants with ultra-low emissions
-- unit: 家      period: month      better: higher      subject: area (street, district, city)
-- answers: 水泥 超低排放
-- not: 锅炉; 产能; 比例; 车辆      cumulative: yes
select p.area as subject, count(distinct p.enterprise) as value
from ultra_low_project p
where p.industry = '水泥' and p.done between $start and $end
group by p.area
