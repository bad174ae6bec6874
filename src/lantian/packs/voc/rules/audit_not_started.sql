-- title: 应审核企业未启动清洁生产审核 | Enterprises above 1 t of VOCs without an audit
-- period: month      subject: register enterprise      closes: gone
-- answers: 清洁生产审核
select e.key as key, e.key as subject, e.keeper as unit, e.name as title, 'VOCs年排放量大于1吨，尚未启动清洁生产审核' as detail
from enterprise e
where e.status = '在产' and e.voc > 1
  and not exists (select 1 from clean_production_audit a where a.enterprise = e.key and a.started <= $end)
