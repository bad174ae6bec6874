-- title: 工地视频离线或故障 | Cameras at sites offline
-- period: month      subject: register construction_site      closes: gone
-- answers: 视频 在线

select v.key as key, v.site as subject, s.keeper as unit, coalesce(s.name, v.site) as title,
  '设备 ' || v.key || ' ' || v.condition as detail
from site_video v
join construction_site s on s.key = v.site
where s.status = '在施' and v.purpose = '扬尘视频' and v.condition in ('离线', '故障')
