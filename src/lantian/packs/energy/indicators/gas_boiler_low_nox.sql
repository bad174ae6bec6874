-- title: 燃气锅炉低氮改造 | Gas boilers rebuilt for low NOx
-- unit: 蒸吨      period: month      better: higher      subject: area (street, district, city)
-- answers: 燃气锅炉 低氮; 燃气锅炉 改造|治理
-- cumulative: yes
select b.area as subject,
  sum(b.size) as value
from boiler b
where b.fuel = '燃气' and b.low_nox between $start and $end
group by b.area
