-- title: 优良天数 | Good days
-- unit: 天      period: month      better: higher      subject: area (street, district, city)
-- answers: 优良天数
-- cumulative: yes
select d.area as subject,
  count(d.key) as value
from air_day d
where d.grade in ('优', '良') and d.date between $start and $end
group by d.area
