-- title: TSP平均浓度 | Mean TSP
-- unit: 微克/立方米      period: month      better: lower      subject: area (street, district, city)
-- answers: 粗颗粒物 浓度; 粗颗粒物
-- cumulative: yes
select r.area as subject,
  avg(r.figure) as value
from street_rank r
where r.factor = 'TSP' and r.month between $start and $end
group by r.area
