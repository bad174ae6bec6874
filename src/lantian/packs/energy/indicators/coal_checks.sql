-- title: 煤质检查量 | Coal checks
-- unit: 次      period: month      better: higher      subject: area (street, district, city)
-- answers: 煤质 检查|抽检; 散煤 检查|抽检; 煤质
-- cumulative: yes
select c.area as subject,
  count(c.key) as value
from coal_check c
where c.date between $start and $end
group by c.area
