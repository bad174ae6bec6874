-- title: 完成绿化裸地面积 | Bare land planted
-- unit: 公顷      period: month      better: higher      subject: area (street, district, city)
-- answers: 裸地 生态治理|复绿|绿化|生态修复
-- not: 覆盖; 苫盖; 硬化; 率      cumulative: yes
select p.street as subject,
  sum(p.covered) / 10000.0 as value
from (
  select h.key as key, h.street as street, h.covered as covered
  from bare_land_history h
  where h.treated between $start and $end and h.method = '绿化'
  qualify row_number() over (partition by h.key order by h.valid_from desc) = 1
) p
group by p.street
