-- title: 敏感用地未通过效果评估 | Sensitive plots without an evaluation
-- period: month      subject: register building_plot      closes: gone
-- answers: 敏感用地; 用途变更
select p.key as key, p.key as subject, p.keeper as unit, p.name as title, '规划为敏感用地，尚未通过效果评估' as detail
from building_plot p
where p.polluted and p.sensitive and p.evaluated is null
