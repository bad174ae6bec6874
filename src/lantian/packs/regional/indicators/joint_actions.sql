-- title: 联合执法次数 | Joint checks
-- unit: 次      period: month      better: higher      subject: area (street, district, city)
-- answers: 联合执法; 联动执法; 交界 执法
-- cumulative: yes
select j.area as subject,
  count(j.key) as value
from joint_action j
where j.kind = '联合执法' and j.date between $start and $end
group by j.area
