-- title: 排污许可证60天内到期 | Permits that expire within 60 days
-- period: month      subject: register discharge_permit      closes: gone
-- answers: 排污许可
select p.key as key, p.key as subject, p.keeper as unit, e.name as title, '排污许可证将在60天内到期或已到期' as detail
from discharge_permit p
join enterprise e on e.key = p.enterprise
where e.status = '在产' and p.managed <> '登记管理' and date_diff('day', $end, p.until) <= 60
