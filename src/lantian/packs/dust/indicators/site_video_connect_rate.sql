-- title: 视频设备对接率 | Cameras connected to the platform
-- unit: %      period: month      better: higher      subject: area (street, district, city)
-- answers: 施工工地|扬尘|拌合站|搅拌站 视频 对接率; 施工工地|扬尘|拌合站|搅拌站 监控 对接率
-- not: 油烟; 餐饮; 加油站; 油气; 排污

select street as subject,
  100.0 * sum(case when connected <= $end then 1 else 0 end) / nullif(count(*), 0) as value
from site_video
where purpose = '扬尘视频' and installed <= $end and condition <> '拆除'
group by street
