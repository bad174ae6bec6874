-- title: 未改造地区洁净煤替代覆盖率 | Clean coal where coal is still burnt
-- unit: %      period: month      better: higher      subject: area (street, district, city)
-- answers: 洁净煤|清洁煤|优质煤|洁净型煤|清洁型煤 全覆盖|覆盖率|比例
select v.area as subject,
  100.0 * sum(v.clean) / nullif(sum(v.households), 0) as value
from unreplaced_village v
where v.households > 0
group by v.area
