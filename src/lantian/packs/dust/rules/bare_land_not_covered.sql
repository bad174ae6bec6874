-- title: 裸地逾期未治理 | Bare land not covered in time
-- period: month      subject: register bare_land      closes: gone
-- answers: 裸地 治理

select key as key, key as subject, keeper as unit, name as title,
  '期限 ' || cast(due as varchar) || '，未治理 ' || cast(cast(round(size - coalesce(covered, 0)) as bigint) as varchar) || ' 平方米' as detail
from bare_land
where due < $as_of and coalesce(covered, 0) < size
