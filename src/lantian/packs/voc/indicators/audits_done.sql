-- title: 完成清洁生产审核企业 | Enterprises audited
-- unit: 家      period: month      better: higher      subject: area (street, district, city)
-- answers: 清洁生产审核
-- not: 比例; 全覆盖      cumulative: yes
select a.area as subject,
  count(distinct a.enterprise) as value
from clean_production_audit a
where a.audited between $start and $end
group by a.area
