-- title: 未改造村庄洁净煤未全覆盖 | Villages without clean coal for all
-- period: month      subject: register unreplaced_village      closes: gone
-- answers: 洁净煤 全覆盖
select v.key as key, v.key as subject, v.keeper as unit, v.village as title, '洁净煤尚未覆盖全部用煤户' as detail
from unreplaced_village v
where v.clean < v.households and month($end) between 10 and 12
