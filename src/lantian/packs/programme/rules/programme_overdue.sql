-- title: 专项任务逾期 | Programme items overdue
-- period: month      subject: register programme_item      closes: gone
-- answers: 专项
select p.key as key, p.key as subject, p.keeper as unit, p.object as title, '已过完成时限，尚未完成' as detail
from programme_item p
where p.done is null and p.due < $end
