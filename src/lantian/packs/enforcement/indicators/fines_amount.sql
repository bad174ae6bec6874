-- title: 罚款金额 | Fines
-- unit: 元      period: month      better: higher      subject: area (street, district, city)
-- answers: 罚款
-- cumulative: yes
select c.area as subject,
  sum(c.fine) as value
from enforcement_case c
where c.decided between $start and $end
group by c.area
