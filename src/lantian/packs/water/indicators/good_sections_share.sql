-- title: 考核断面达到或优于Ⅲ类比例 | Sections of class III or better
-- unit: %      period: month      better: higher      subject: area (street, district, city)
-- answers: 断面 Ⅲ类|III类|三类|优良 比例; 水质 优良 比例; 地表水 优良 比例
-- cumulative: yes
select s.area as subject,
  100.0 * count_if(s.grade in ('Ⅰ类', 'Ⅱ类', 'Ⅲ类')) / nullif(count(s.key), 0) as value
from section_result s
where s.month between $start and $end and s.grade <> '断流'
group by s.area
