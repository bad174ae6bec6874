-- title: 本月未检查的在施工地 | Sites under way without an inspection this month
-- period: month      subject: register construction_site      closes: gone
-- answers: 月检查率
select s.key as key, s.key as subject, s.keeper as unit, s.name as title, '本月尚无检查记录' as detail
from construction_site s
where s.status = '在施'
  and not exists (select 1 from site_inspection i where i.site = s.key and i.date between $start and $end)
