-- title: 非道路移动机械检查量 | Checks of machines
-- unit: 台次      period: month      better: higher      subject: area (street, district, city)
-- answers: 非道路移动机械 路检|检查|抽检; 非道路移动机械 抽检
-- cumulative: yes
select c.area as subject,
  count(c.key) as value
from nrmm_check c
where c.date between $start and $end
group by c.area
