-- title: 信用记录数 | Credit entries
-- unit: 件      period: month      better: none      subject: area (street, district, city)
-- answers: 信用 记录
-- cumulative: yes
select c.area as subject,
  count(c.key) as value
from credit_record c
where c.date between $start and $end
group by c.area
