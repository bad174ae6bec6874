-- title: 月降尘量（扣除沙尘影响） | Dustfall of the month without sand dust
-- unit: t/(km²·30d)      period: month      better: lower      subject: area (street, district, city)
-- answers: 降尘量 每月; 降尘量 月

select street as subject, avg(raw - coalesce(sand, 0)) as value
from dustfall_sample
where valid and month between $start and $end
group by street
