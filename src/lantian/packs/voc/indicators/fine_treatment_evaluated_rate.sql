-- title: 精细化治理效果评估率 | Treated enterprises evaluated
-- unit: %      period: month      better: higher      subject: area (street, district, city)
-- answers: 治理效果 评估 比例; 效果评估 率
-- cumulative: yes
select t.area as subject,
  100.0 * count_if(t.evaluated is not null) / nullif(count(t.key), 0) as value
from fine_treatment t
where t.done between $start and $end
group by t.area
