-- title: 完成治理裸地面积 | Bare land treated
-- unit: 公顷      period: month      better: higher      subject: area (street, district, city)
-- answers: 裸地 治理|整治|覆盖|苫盖|硬化; 裸地 扬尘治理
-- not: 生态; 复绿; 率; 未治理; 消除      cumulative: yes
select p.street as subject,
  sum(p.covered) / 10000.0 as value
from (
  select h.key as key, h.street as street, h.covered as covered
  from bare_land_history h
  where h.treated between $start and $end
  qualify row_number() over (partition by h.key order by h.valid_from desc) = 1
) p
group by p.street
