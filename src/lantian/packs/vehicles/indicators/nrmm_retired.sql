-- title: 淘汰老旧非道路移动机械 | Old machines scrapped
-- unit: 台      period: month      better: higher      subject: area (street, district, city)
-- answers: 非道路移动机械 淘汰
-- cumulative: yes
select m.area as subject,
  count(m.key) as value
from nrmm m
where m.left between $start and $end
group by m.area
