-- title: 车牌识别和洗轮机监测安装率 | Sites with plate camera and wheel-wash monitor
-- unit: %      period: month      better: higher      subject: area (street, district, city)
-- answers: 洗轮机 安装; 车牌识别 安装

select s.street as subject,
  100.0 * sum(case when v.plates > 0 and v.washes > 0 then 1 else 0 end) / nullif(count(*), 0) as value
from construction_site s
left join (
  select site, sum(case when purpose = '车牌识别' then 1 else 0 end) as plates,
    sum(case when purpose = '洗轮机监测' then 1 else 0 end) as washes
  from site_video where installed <= $end and condition <> '拆除' group by site
) v on v.site = s.key
where s.status = '在施' and s.works <> '小微工程'
group by s.street
