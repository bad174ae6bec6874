-- title: 发现散煤复烧 | Coal burnt again
-- period: month      subject: area (street, district, city)      closes: stays
-- answers: 散煤复烧; 无煤化
select c.key as key, c.area as subject, c.team as unit, c.place as title, '巡查发现散煤复烧' as detail
from coal_check c
where c.result = '发现散煤复烧' and c.date between $start and $end
