-- title: 完成精细化治理企业 | Enterprises fully treated
-- unit: 家      period: month      better: higher      subject: area (street, district, city)
-- answers: 企业 精细化治理; VOCs|挥发性有机物 精细化治理
-- not: 锅炉; 矿山; 园区      cumulative: yes
select t.area as subject,
  count(distinct t.enterprise) as value
from fine_treatment t
where t.done between $start and $end
group by t.area
