-- title: 露天焚烧火点 | Open burning, spots confirmed
-- unit: 个      period: month      better: lower      subject: area (street, district, city)
-- answers: 焚烧 火点; 焚烧|火点 清零|零火点; 火点
-- not: 森林; 山火; 监控率; 处置率      cumulative: yes
select f.area as subject, count(f.key) as value
from fire_spot f
where f.confirmed and f.date between $start and $end
group by f.area
