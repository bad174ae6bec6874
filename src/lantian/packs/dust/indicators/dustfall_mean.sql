-- title: 降尘量（扣除沙尘影响） | Dustfall without sand dust
-- unit: t/(km²·30d)      period: to_date      better: lower      subject: area (street, district, city)
-- answers: 降尘量; 降尘
-- statistic: 均值

select street as subject, avg(raw - coalesce(sand, 0)) as value
from dustfall_sample
where valid and month between $start and $end
group by street
