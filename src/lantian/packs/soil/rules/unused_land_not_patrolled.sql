-- title: 未利用地逾期未巡查 | Unused land not patrolled in time
-- period: month      subject: register unused_land      closes: gone
-- answers: 未利用地 巡查; 未利用地 风险防控
select u.key as key, u.key as subject, u.keeper as unit, u.name as title,
  case when u.patrolled is null then '尚未巡查' else '上次巡查 ' || cast(u.patrolled as varchar) end as detail
from unused_land u
where u.patrolled is null or date_diff('day', u.patrolled, $as_of) > u.every
