-- title: VOCs年排放量大于1吨企业清洁生产审核覆盖率 | Audited share of enterprises above 1 t of VOCs
-- unit: %      period: to_date      better: higher      subject: area (street, district, city)
-- answers: 大于1吨 企业 审核; 清洁生产审核 全覆盖|覆盖率|比例; 审核 全覆盖
select e.area as subject, 100.0 * count(distinct a.enterprise) / nullif(count(distinct e.key), 0) as value
from enterprise e
left join clean_production_audit a on a.enterprise = e.key and a.audited <= $end
where e.status = '在产' and e.voc > 1
group by e.area
