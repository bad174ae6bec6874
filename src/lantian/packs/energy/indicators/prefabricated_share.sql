-- title: 新建建筑中装配式建筑比例 | Prefabricated share of new floor area
-- unit: %      period: month      better: higher      subject: area (street, district, city)
-- answers: 装配式建筑 比例; 装配式建筑
-- cumulative: yes
select b.area as subject,
  100.0 * sum(case when b.prefabricated then b.floor else 0 end) / nullif(sum(b.floor), 0) as value
from building_project b
where b.kind = '新建' and b.started between $start and $end
group by b.area
