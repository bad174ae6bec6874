-- title: 油气回收检查合格率 | Vapour recovery checks passed
-- unit: %      period: month      better: higher      subject: area (street, district, city)
-- answers: 油气回收 合格率|达标率; 加油站 达标率|合格率
-- cumulative: yes
select c.area as subject,
  100.0 * count_if(c.result = '合格') / nullif(count(c.key), 0) as value
from vapour_check c
where c.date between $start and $end
group by c.area
