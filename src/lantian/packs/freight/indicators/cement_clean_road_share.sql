-- title: 水泥行业公路清洁运输比例 | Clean share of cement by road
-- unit: %      period: month      better: higher      subject: area (street, district, city)
-- answers: 水泥 公路运输|公路 新能源 国六|国VI 货车 比例; 水泥 绿色运输 比例
-- cumulative: yes
select f.area as subject,
  100.0 * sum(case when f.way in ('新能源货车', '国六货车') then f.tonnes else 0 end) / nullif(sum(f.tonnes), 0) as value
from freight_flow f
where f.cargo in ('水泥', '水泥原料') and f.way in ('新能源货车', '国六货车', '国五货车', '其他货车') and f.month between $start and $end
group by f.area
