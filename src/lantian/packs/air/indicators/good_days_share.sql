-- title: 优良天数比率 | Share of good days
-- unit: %      period: month      better: higher      subject: area (street, district, city)
-- answers: 优良天数 比例; 优良天数
-- cumulative: yes
select d.area as subject,
  100.0 * count_if(d.grade in ('优', '良')) / nullif(count(d.key), 0) as value
from air_day d
where d.date between $start and $end
group by d.area
