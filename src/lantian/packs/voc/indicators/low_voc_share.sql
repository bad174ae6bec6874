-- title: 低（无）VOCs含量原辅材料使用比例 | Share of materials low in VOCs
-- unit: %      period: month      better: higher      subject: area (street, district, city)
-- answers: 低VOCs|低(无)VOCs|低挥发性 原辅材料|含量 比例; 源头替代 比例
-- cumulative: yes
select m.area as subject,
  100.0 * sum(case when m.low then m.amount else 0 end) / nullif(sum(m.amount), 0) as value
from material_ledger m
where m.month between $start and $end
group by m.area
