-- title: 夜间施工扰民投诉量 | Night-work complaints
-- unit: 件      period: month      better: lower      subject: area (street, district, city)
-- answers: 夜间施工 投诉; 施工 扰民 投诉; 噪声 投诉
-- cumulative: yes
select c.area as subject,
  count(c.key) as value
from night_complaint c
where c.date between $start and $end
group by c.area
