-- title: 重型车路检超标率 | Heavy vehicles over the limit
-- unit: %      period: month      better: lower      subject: area (street, district, city)
-- answers: 重型柴油车 超标率; 路检 超标率|不合格率; 路检 不合格 比例
select c.area as subject,
  100.0 * count_if(c.result <> '合格') / nullif(count(c.key), 0) as value
from heavy_vehicle_check c
where c.date between $start and $end
group by c.area
