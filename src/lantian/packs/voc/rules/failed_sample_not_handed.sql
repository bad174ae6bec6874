-- title: 不合格样品超过30天未移送查处 | Failed samples not handed over within 30 days
-- period: month      subject: register product_sample      closes: gone
-- answers: 不合格 查处; 超标线索 移交
select p.key as key, p.key as subject, p.agency as unit, p.code as title, '抽检不合格，超过30天未移送查处' as detail
from product_sample p
where p.result = '不合格' and p.handed is null and date_diff('day', p.date, $end) > 30
