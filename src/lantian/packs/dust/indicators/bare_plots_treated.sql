-- title: 完成治理裸地块数 | Bare plots treated
-- unit: 块      period: month      better: higher      subject: area (street, district, city)
-- answers: 裸地 治理|整治|覆盖|苫盖|硬化|绿化
-- not: 率; 工地; 矿山      cumulative: yes
select p.street as subject,
  count(p.key) as value
from (
  select h.key as key, h.street as street, h.covered as covered
  from bare_land_history h
  where h.treated between $start and $end
  qualify row_number() over (partition by h.key order by h.valid_from desc) = 1
) p
group by p.street
