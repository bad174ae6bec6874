-- title: 在清单上却没有减排措施的企业 | Listed enterprises without measures
-- period: month      subject: register enterprise      closes: gone
-- answers: 应急减排清单; 一厂一策
select e.key || ' ' || a.alert as key, e.key as subject, e.keeper as unit, e.name as title, '没有' || a.alert || '预警的减排措施' as detail
from enterprise e
cross join (select '黄色' as alert union all select '橙色' as alert union all select '红色' as alert) a
where e.alert_list and e.status = '在产' and coalesce(e.grade, '') not in ('A', '引领性')
  and not exists (
    select 1 from reduction_line l where l.enterprise = e.key and l.alert = a.alert and l.removed is null
  )
