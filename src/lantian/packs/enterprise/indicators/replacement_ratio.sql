-- title: 新增涉气项目削减量替代倍数 | Cut for every tonne added
-- unit: 倍      period: month      better: higher      subject: area (street, district, city)
-- answers: 削减量 替代; 减二增一; 倍量 替代
-- cumulative: yes
select r.area as subject,
  sum(r.cut) / nullif(sum(r.added), 0) as value
from replacement r
where r.approved between $start and $end
group by r.area
