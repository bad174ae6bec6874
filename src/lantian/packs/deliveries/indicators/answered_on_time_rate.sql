-- title: 移送问题按期反馈率 | Answered in time
-- unit: %      period: month      better: higher      subject: area (street, district, city)
-- answers: 反馈率; 移送 反馈 比例; 办结 反馈 比例
select d.area as subject,
  100.0 * count_if(d.answered <= d.answer_due) / nullif(count(d.key), 0) as value
from delivery d
where d.answer_due between $start and $end
group by d.area
