-- title: 在用燃油锅炉 | Oil boilers still in use
-- unit: 台      period: month      better: lower      subject: area (street, district, city)
-- answers: 燃油锅炉 清零|保有量|剩余
-- not: 完成
select b.area as subject,
  count(b.key) as value
from boiler b
where b.fuel = '燃油' and b.status in ('在用', '备用')
group by b.area
