-- title: 油气回收检查比例 | Stations and depots checked
-- unit: %      period: month      better: higher      subject: area (street, district, city)
-- answers: 油气回收 检查|抽查|抽测|抽检|检测 比例|覆盖率; 加油站 检查|抽查|抽测 比例|覆盖率
-- not: 安全; 消防; 合格; 达标; 油品; 在线      cumulative: yes
select s.area as subject,
  100.0 * count_if(c.station is not null) / nullif(count(s.key), 0) as value
from fuel_station s
left join (select distinct v.station as station from vapour_check v where v.date between $start and $end) c
  on c.station = s.key
where s.status = '营业'
group by s.area
