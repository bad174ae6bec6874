-- title: 施工工地涂料胶粘剂抽检比例 | Sites where materials were sampled
-- unit: %      period: month      better: higher      subject: area (street, district, city)
-- answers: 工地 抽检 涂料|胶粘剂|VOCs; 工地 抽检 比例; 工地 抽检
-- not: 政府投资      cumulative: yes
select s.street as subject, 100.0 * count(distinct m.site) / nullif(count(distinct s.key), 0) as value
from construction_site s
left join site_material_sample m on m.site = s.key and m.date between $start and $end
where s.status <> '竣工'
  and not exists (select 1 from exemption e where e.register = 'construction_site' and e.key = s.key)
group by s.street
