-- title: 既有建筑节能改造面积 | Floor area retrofitted
-- unit: 平方米      period: month      better: higher      subject: area (street, district, city)
-- answers: 建筑 节能改造; 老旧小区|居住建筑|公共建筑|住宅 节能改造
-- not: 供热系统      cumulative: yes
select b.area as subject,
  sum(b.floor) as value
from building_project b
where b.kind = '既有建筑节能改造' and b.done between $start and $end
group by b.area
