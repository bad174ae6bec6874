-- title: 重污染天数 | Heavily polluted days
-- unit: 天      period: month      better: lower      subject: area (street, district, city)
-- answers: 重污染天
-- not: 比例|比率|%; 预警; 响应      cumulative: yes
select d.area as subject,
  count_if(d.grade in ('重度污染', '严重污染')) as value
from air_day d
where d.date between $start and $end
group by d.area
