-- title: 新办许可超过15天未研判 | New licences not screened within 15 days
-- period: month      subject: register restaurant      closes: gone
-- answers: 餐饮 研判; 营业执照
select r.key as key, r.key as subject, r.keeper as unit, r.name as title, '许可信息推送超过15天未研判' as detail
from restaurant r
where r.status = '营业' and r.screened is null and date_diff('day', r.pushed, $end) between 16 and 365
