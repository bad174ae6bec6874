-- title: 无编码机械进场 | Machines without a code on a site
-- period: month      subject: register nrmm_gate_log      closes: stays
-- answers: 编码登记; 进出场
select g.key as key, g.key as subject, g.keeper as unit, g.site as title, '进场机械未编码登记' as detail
from nrmm_gate_log g
where g.date between $start and $end
  and not exists (select 1 from nrmm m where m.key = g.machine)
