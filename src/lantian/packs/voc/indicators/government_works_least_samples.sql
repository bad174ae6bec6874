-- title: 每个政府投资工程抽检次数（最少） | Fewest samplings of a government project
-- unit: 次      period: to_date      better: higher      subject: area (street, district, city)
-- answers: 每个项目|每个工程|每个工地 抽检
select c.subject as subject, min(c.times) as value
from (
  select s.street as subject, s.key as site, count(m.key) as times
  from construction_site s
  left join site_material_sample m on m.site = s.key and m.date <= $end
  where s.status <> '竣工' and s.government
    and not exists (select 1 from exemption e where e.register = 'construction_site' and e.key = s.key)
  group by s.street, s.key
) c
group by c.subject
