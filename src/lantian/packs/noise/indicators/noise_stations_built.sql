-- title: 建成声环境监测站点 | Noise stations built
-- unit: 个      period: month      better: higher      subject: area (street, district, city)
-- answers: 声环境 站点; 噪声 站点
-- cumulative: yes
select s.area as subject,
  count(s.key) as value
from noise_station s
where s.built between $start and $end
group by s.area
