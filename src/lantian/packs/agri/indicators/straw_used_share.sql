-- title: 秸秆综合利用率 | Straw used
-- unit: %      period: year      better: higher      subject: area (street, district, city)
-- answers: 秸秆 利用率|利用
select s.area as subject,
  100.0 * sum(s.used) / nullif(sum(s.collectable), 0) as value
from straw_ledger s
where s.year = year($end)
group by s.area
