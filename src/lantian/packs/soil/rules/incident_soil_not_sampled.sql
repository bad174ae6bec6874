-- title: 突发事件后土壤未采样 | Incidents without soil samples
-- period: month      subject: area (district, city)      closes: gone
-- answers: 突发 土壤 应急
select i.key as key, i.area as subject, i.keeper as unit, i.name as title, '发生后超过7天没有土壤采样记录' as detail
from soil_incident i
where i.sampled is null and date_diff('day', i.date, $as_of) > 7
