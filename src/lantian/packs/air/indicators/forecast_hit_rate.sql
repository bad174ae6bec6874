-- title: 空气质量预报准确率 | Forecasts that came true
-- unit: %      period: month      better: higher      subject: area (street, district, city)
-- answers: 预报 准确率; 预测 准确率
-- not: 气象; 天气; 森林; 火险; 洪水; 地质; 病虫      cumulative: yes
select f.area as subject,
  100.0 * count_if(d.aqi between f.low and f.high) / nullif(count(d.key), 0) as value
from forecast f
join air_day d on d.area = f.area and d.date = f.date
where f.date between $start and $end
group by f.area
