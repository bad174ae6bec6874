-- title: 政府投资工程涂料胶粘剂抽检覆盖率 | Government works where materials were sampled
-- unit: %      period: month      better: higher      subject: area (street, district, city)
-- answers: 政府投资 抽检 覆盖率|比例; 政府投资 工程 抽检 覆盖率
-- not: 施工工地      cumulative: yes
select s.street as subject, 100.0 * count(distinct m.site) / nullif(count(distinct s.key), 0) as value
from construction_site s
left join site_material_sample m on m.site = s.key and m.date between $start and $end
where s.status <> '竣工' and s.government
  and not exists (select 1 from exemption e where e.register = 'construction_site' and e.key = s.key)
group by s.street
