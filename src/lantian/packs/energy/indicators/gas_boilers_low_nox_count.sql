-- title: 完成低氮改造燃气锅炉 | Gas boilers rebuilt, by number
-- unit: 台      period: month      better: higher      subject: area (street, district, city)
-- answers: 燃气锅炉 低氮; 燃气锅炉 改造|治理
-- cumulative: yes
select b.area as subject,
  count(b.key) as value
from boiler b
where b.fuel = '燃气' and b.low_nox between $start and $end
group by b.area
