-- title: 工地问题逾期未整改 | Faults at sites not put right in time
-- period: month      subject: register construction_site      closes: gone
-- answers: 工地 整改

select i.key as key, i.site as subject, i.inspector as unit, coalesce(s.name, i.site) as title,
  '整改期限 ' || cast(i.due as varchar) || '，' || coalesce(i.fault, '问题未填') as detail
from site_inspection i
left join construction_site s on s.key = i.site
where i.result = '限期整改' and i.due < $as_of and i.fixed is null
