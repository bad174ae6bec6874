-- title: 农村饮用水水源本季度未监测 | Large rural sources not sampled this quarter
-- period: quarter      subject: register drinking_source      closes: gone
-- answers: 饮用水水源 监测
select d.key as key, d.key as subject, d.keeper as unit, d.name as title, '供水人口或日供水量达到要求，本季度尚未监测' as detail
from drinking_source d
where d.rural and (d.people >= 10000 or d.supply >= 1000) and (d.sampled is null or d.sampled < $start)
