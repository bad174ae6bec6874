-- title: 完成改造储罐 | Tanks rebuilt
-- unit: 个      period: month      better: higher      subject: area (street, district, city)
-- answers: 储罐|浮顶罐|固定顶罐 改造|治理|更换|替换
-- not: 比例      cumulative: yes
select t.area as subject,
  count(t.key) as value
from storage_tank t
where t.done between $start and $end
group by t.area
