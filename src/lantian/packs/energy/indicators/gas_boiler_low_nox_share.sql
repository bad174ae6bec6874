-- title: 燃气锅炉低氮改造完成率 | Gas boilers that are low in NOx
-- unit: %      period: month      better: higher      subject: area (street, district, city)
-- answers: 燃气锅炉 低氮 比例|全部; 燃气锅炉 改造 比例; 燃气锅炉 低氮
select b.area as subject,
  100.0 * count_if(b.low_nox is not null) / nullif(count(b.key), 0) as value
from boiler b
where b.fuel = '燃气' and b.status = '在用' and b.fit
  and not exists (select 1 from exemption e where e.register = 'boiler' and e.key = b.key)
group by b.area
