-- title: 完成超低排放改造钢铁企业 | Steel plants with ultra-low emissions
-- unit: 家      period: month      better: higher      subject: area (street, district, city)
-- answers: 钢铁|钢厂 超低排放
-- not: 锅炉; 产能; 比例; 车辆      cumulative: yes
select p.area as subject, count(distinct p.enterprise) as value
from ultra_low_project p
where p.industry = '钢铁' and p.done between $start and $end
group by p.area
