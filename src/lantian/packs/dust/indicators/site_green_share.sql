-- title: 绿牌工地比例 | Sites rated green
-- unit: %      period: quarter      better: higher      subject: area (street, district, city)
-- answers: 绿牌 工地; 绿色 工地 比例

select street as subject, 100.0 * sum(case when rating = '绿' then 1 else 0 end) / nullif(count(*), 0) as value
from construction_site
where status = '在施' and rating is not null
group by street
