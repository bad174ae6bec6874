-- title: 检验不合格超过30天未复检 | Failed vehicles not tested again within 30 days
-- period: month      subject: register vehicle_repair      closes: gone
-- answers: 检验 维修; 复检
select r.key as key, r.key as subject, r.keeper as unit, r.plate as title, '检验不合格后30天内没有复检合格记录' as detail
from vehicle_repair r
where r.passed is not true and date_diff('day', r.failed, $end) between 31 and 365
