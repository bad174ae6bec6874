-- title: 饮用水水源地达标率 | Drinking sources that met
-- unit: %      period: to_date      better: higher      subject: area (street, district, city)
-- answers: 水源 水质 达标率|达标 比例; 水源地 达标率; 饮用水 达标率|合格率
select d.area as subject,
  100.0 * count_if(d.met) / nullif(count(d.key), 0) as value
from drinking_source d
where d.met is not null
group by d.area
