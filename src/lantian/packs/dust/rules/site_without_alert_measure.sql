-- title: 未列入扬尘源应急减排清单的在施工地 | Sites missing from the alert list
-- period: month      subject: register construction_site      closes: gone
-- answers: 扬尘源 应急减排清单; 扬尘源 清单
select s.key as key, s.key as subject, s.keeper as unit, s.name as title, '没有橙色预警的减排措施' as detail
from construction_site s
where s.status = '在施'
  and not exists (select 1 from dust_reduction_line d where d.site = s.key and d.alert = '橙色' and d.removed is null)
  and exists (select 1 from dust_reduction_line d2 where d2.kind = '施工工地')
