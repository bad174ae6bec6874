-- title: 黑名单车辆超过90天未维修复检 | Blacklisted vehicles not repaired within 90 days
-- period: month      subject: register over_limit_vehicle      closes: gone
-- answers: 超标 维修; 黑名单
select v.key as key, v.key as subject, v.keeper as unit, v.plate as title, '最近一次超标已超过90天，尚无维修复检合格记录' as detail
from over_limit_vehicle v
where v.status = '在册' and v.local and date_diff('day', v.last, $end) > 90
