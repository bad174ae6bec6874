-- title: 水泥行业非道路移动机械电动化比例 | Share of electric machines at cement works
-- unit: %      period: month      better: higher      subject: area (street, district, city)
-- answers: 水泥 非道路移动机械 新能源 比例
select m.area as subject,
  100.0 * count_if(m.energy in ('纯电动', '氢燃料电池')) / nullif(count(m.key), 0) as value
from nrmm m
where m.industry = '水泥' and m.status = '在用'
  and not exists (select 1 from exemption e where e.register = 'nrmm' and e.key = m.key)
group by m.area
