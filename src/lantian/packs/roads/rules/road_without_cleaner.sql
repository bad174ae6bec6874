-- title: 没有清扫单位的道路 | Roads that nobody sweeps
-- period: month      subject: register road      closes: gone
-- answers: 清扫保洁
select r.key as key, r.key as subject, r.owner as unit, r.name as title, '没有登记清扫保洁单位' as detail
from road r
where r.cleaner is null
