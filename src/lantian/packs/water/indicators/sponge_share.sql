-- title: 建成区达到海绵城市要求的比例 | Built-up area that holds the rain
-- unit: %      period: to_date      better: higher      subject: area (street, district, city)
-- answers: 海绵城市 建成区; 建成区 海绵城市 比例; 海绵城市 比例
select z.area as subject,
  100.0 * sum(case when z.met <= $end then z.built_up else 0 end) / nullif(sum(z.built_up), 0) as value
from sponge_zone z
where z.built_up > 0
group by z.area
