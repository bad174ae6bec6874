-- title: 走航高值超过30天未复测 | Peaks not driven again within 30 days
-- period: month      subject: area (street, district, city)      closes: gone
-- answers: 走航
select p.key as key, p.area as subject, p.handler as unit, p.code as title,
  '峰值 ' || cast(cast(round(p.peak) as bigint) as varchar) || ' ppb，' || coalesce(p.species, '组分未填') as detail
from mobile_peak p
where p.again is null and date_diff('day', p.date, $as_of) between 31 and 365
