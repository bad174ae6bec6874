-- title: 煤质抽检合格率 | Coal samples passed
-- unit: %      period: month      better: higher      subject: area (street, district, city)
-- answers: 煤质 合格率; 煤 抽检 合格率; 散煤 合格率
-- cumulative: yes
select c.area as subject,
  100.0 * count_if(c.result = '合格') / nullif(count(c.key), 0) as value
from coal_check c
where c.result in ('合格', '不合格') and c.date between $start and $end
group by c.area
