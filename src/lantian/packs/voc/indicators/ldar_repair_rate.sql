-- title: 泄漏点修复率 | Leaks repaired
-- unit: %      period: month      better: higher      subject: area (street, district, city)
-- answers: 泄漏 修复率; 泄漏检测 修复 比例
-- cumulative: yes
select l.area as subject,
  100.0 * sum(l.repaired) / nullif(sum(l.leaks), 0) as value
from ldar_round l
where l.date between $start and $end
group by l.area
