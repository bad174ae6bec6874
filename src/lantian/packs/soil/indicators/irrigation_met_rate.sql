-- title: 农田灌溉水达标率 | Irrigation water that met
-- unit: %      period: month      better: higher      subject: area (street, district, city)
-- answers: 灌溉 水质 达标率; 灌溉 达标
-- cumulative: yes
select i.area as subject,
  100.0 * count_if(i.met) / nullif(count(i.key), 0) as value
from irrigation_sample i
where i.date between $start and $end
group by i.area
