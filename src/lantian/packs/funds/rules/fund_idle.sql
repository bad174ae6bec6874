-- title: 资金下达超过180天未支付 | Funds idle for more than 180 days
-- period: month      subject: register fund_project      closes: gone
-- answers: 资金
select f.key as key, f.key as subject, f.keeper as unit, f.name as title, '资金下达超过180天，尚未支付' as detail
from fund_project f
where coalesce(f.paid, 0) = 0 and date_diff('day', f.allocated, $end) > 180
