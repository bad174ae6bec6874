-- title: 检查中机械编码登记率 | Machines with a code when checked
-- unit: %      period: month      better: higher      subject: area (street, district, city)
-- answers: 编码登记 比例; 非道路移动机械 编码 比例
select c.area as subject,
  100.0 * count_if(c.coded) / nullif(count(c.key), 0) as value
from nrmm_check c
where c.date between $start and $end
group by c.area
