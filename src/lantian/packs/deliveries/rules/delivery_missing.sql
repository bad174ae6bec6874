-- title: 本季度未通报的事项 | Duties not met this quarter
-- period: quarter      subject: register delivery_duty      closes: gone
-- answers: 按季度 通报; 定期 通报; 推送; 移交
select d.key as key, d.key as subject, d.sender as unit, d.what as title, '应按月或按季度发送，本期没有记录' as detail
from delivery_duty d
where d.every in ('每月', '每季度')
  and not exists (select 1 from delivery x where x.duty = d.key and x.date between $start and $end)
