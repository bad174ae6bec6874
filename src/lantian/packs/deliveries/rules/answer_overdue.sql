-- title: 移送后超期未反馈 | Answers overdue
-- period: month      subject: register delivery_duty      closes: gone
-- answers: 反馈
select x.key as key, x.duty as subject, x.sender as unit, d.what as title, '已过应反馈日期，尚未反馈' as detail
from delivery x
join delivery_duty d on d.key = x.duty
where x.answered is null and x.answer_due < $end
