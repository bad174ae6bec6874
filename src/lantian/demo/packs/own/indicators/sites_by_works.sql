-- title: 分类别在施工地数 | Sites under way by kind of works
-- unit: 个      period: year      better: none      subject: area (city)
select s.street as subject, count(s.key) as value
from construction_site s
where s.status = '在施'
group by s.street, s.works
