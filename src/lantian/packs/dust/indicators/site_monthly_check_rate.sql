-- title: 上账施工工地月检查率 | Monthly inspection rate of sites on the ledger
-- unit: %      period: month      better: higher      subject: area (street, district, city)
-- answers: 月检查率; 工地 检查 全覆盖
select s.street as subject, 100.0 * count(distinct i.site) / nullif(count(distinct s.key), 0) as value
from construction_site s
left join site_inspection i on i.site = s.key and i.date between $start and $end
where s.status = '在施'
  and not exists (select 1 from exemption e where e.register = 'construction_site' and e.key = s.key)
group by s.street
