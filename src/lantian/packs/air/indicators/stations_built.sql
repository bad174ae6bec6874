-- title: 建成空气质量监测站点 | Air monitoring stations built
-- unit: 个      period: month      better: higher      subject: area (street, district, city)
-- answers: 空气质量|空气|大气|TSP|颗粒物|扬尘 监测站|自动站|微型站|微站|小微站|监测站点|监测点; 降尘|TSP|VOCs|空气|大气 监测点位|监测点 新建|建成|建设|布设|增设
-- not: 比例; 消防; 气象; 噪声; 声环境; 水质; 覆盖      cumulative: yes
select s.area as subject, count(s.key) as value
from monitoring_point s
where s.built between $start and $end
group by s.area
