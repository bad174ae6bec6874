-- title: 安全利用类耕地超过一年未检测农产品 | Farmland whose produce was not tested within a year
-- period: month      subject: register farmland_plot      closes: gone
-- answers: 产出一季 检测一季
select f.key as key, f.key as subject, f.keeper as unit, f.code as title, '超过一年没有农产品检测记录' as detail
from farmland_plot f
where f.use = '耕地' and f.grade = '安全利用' and f.closed is null
  and (f.tested is null or date_diff('day', f.tested, $end) > 365)
