-- title: 退出建筑垃圾消纳场 | Disposal sites closed
-- unit: 处      period: month      better: higher      subject: area (street, district, city)
-- answers: 消纳 退出|关停|关闭|取缔; 消纳 退出|关停|关闭|取缔 不达标场所|不规范场所|不达标|不规范
-- cumulative: yes
select d.street as subject, count(d.key) as value
from disposal_site d
where d.standing = '已退出' and d.since between $start and $end
group by d.street
