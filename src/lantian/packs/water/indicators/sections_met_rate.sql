-- title: 断面达标率 | Sections that met their goal
-- unit: %      period: month      better: higher      subject: area (street, district, city)
-- answers: 断面 达标率|达标; 水功能区 达标率
-- cumulative: yes
select s.area as subject,
  100.0 * count_if(s.met) / nullif(count(s.key), 0) as value
from section_result s
where s.month between $start and $end and s.grade <> '断流'
group by s.area
