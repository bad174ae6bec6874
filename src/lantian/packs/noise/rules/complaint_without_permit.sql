-- title: 投诉属实且没有夜间施工证明 | Confirmed complaints without a certificate
-- period: month      subject: register construction_site      closes: stays
-- answers: 夜间施工
select c.key as key, c.site as subject, c.keeper as unit, s.name as title, '投诉当日没有有效的夜间施工证明' as detail
from night_complaint c
join construction_site s on s.key = c.site
where c.confirmed and c.date between $start and $end
  and not exists (select 1 from night_work_permit p where p.site = c.site and c.date between p.date and p.until)
