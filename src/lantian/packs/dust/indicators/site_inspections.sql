-- title: 工地检查次数 | Inspections of sites
-- unit: 次      period: year      better: higher      subject: area (street, district, city)
-- answers: 工地 检查 次; 扬尘 检查 次
-- cumulative: yes

select street as subject, count(*) as value
from site_inspection
where date between $start and $end
group by street
