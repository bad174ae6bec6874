-- title: 施工工地视频设备安装率 | Sites with cameras installed
-- unit: %      period: month      better: higher      subject: area (street, district, city)
-- answers: 施工工地|扬尘|拌合站|搅拌站 视频 安装率; 施工工地|扬尘|拌合站|搅拌站 监控 安装率; 施工工地|扬尘|拌合站|搅拌站 视频 双100%
-- not: 油烟; 餐饮; 加油站; 油气; 排污

select s.street as subject, 100.0 * count(distinct v.site) / nullif(count(distinct s.key), 0) as value
from construction_site s
left join site_video v on v.site = s.key and v.purpose = '扬尘视频' and v.installed <= $end and v.condition <> '拆除'
where s.status = '在施' and s.video_fit
  and not exists (select 1 from exemption e where e.register = 'construction_site' and e.key = s.key)
group by s.street
