-- title: 完成治理设施升级改造企业 | Enterprises with upgraded treatment
-- unit: 家      period: month      better: higher      subject: area (street, district, city)
-- answers: 治理设施 升级|改造|提升; 低效 设施 改造|升级|整治
-- not: 比例; 餐饮; 油烟; 污水      cumulative: yes
select t.area as subject,
  count(distinct t.enterprise) as value
from treatment_facility t
where t.upgraded between $start and $end
group by t.area
