-- title: 重污染天数比率 | Share of heavily polluted days
-- unit: %      period: month      better: lower      subject: area (street, district, city)
-- answers: 重污染天
-- not: 预警; 响应      cumulative: yes
select d.area as subject,
  100.0 * count_if(d.grade in ('重度污染', '严重污染')) / nullif(count(d.key), 0) as value
from air_day d
where d.date between $start and $end
group by d.area
