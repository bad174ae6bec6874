-- title: 声环境功能区夜间达标率 | Night met
-- unit: %      period: month      better: higher      subject: area (street, district, city)
-- answers: 声环境 夜间 达标率; 声环境 达标率
-- cumulative: yes
select r.area as subject,
  100.0 * count_if(r.night_met) / nullif(count(r.key), 0) as value
from noise_result r
where r.month between $start and $end
group by r.area
