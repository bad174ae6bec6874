-- title: 低效失效治理设施整改完成率 | Poor treatment units put right
-- unit: %      period: to_date      better: higher      subject: area (street, district, city)
-- answers: 低效|失效 治理设施 整改|整治|改造|淘汰 比例|完成率|全部; 低效|失效 整改 比例|完成率|全部
-- not: 餐饮; 污水; 油烟
select f.area as subject,
  100.0 * count_if(f.upgraded <= $end) / nullif(count(f.key), 0) as value
from treatment_facility f
where f.poor
group by f.area
