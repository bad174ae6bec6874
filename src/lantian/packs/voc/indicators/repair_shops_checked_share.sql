-- title: 汽修企业抽查比例 | Repair shops checked
-- unit: %      period: year      better: higher      subject: area (street, district, city)
-- answers: 汽修 抽查|检查|抽检|巡查 比例|覆盖率
-- not: 涂料; 水性; 合格      cumulative: yes
select s.area as subject,
  100.0 * count_if(s.checked between $start and $end) / nullif(count(s.key), 0) as value
from repair_shop s
where s.paints
group by s.area
