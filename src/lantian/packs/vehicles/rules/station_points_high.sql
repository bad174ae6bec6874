-- title: 检验机构年度记分达到重点监管分值 | Stations with many points this year
-- period: month      subject: register inspection_station      closes: gone
-- answers: 检验机构 记分
select s.key as key, s.key as subject, s.keeper as unit, s.name as title, '本年度累计记分已达到重点监管分值' as detail
from inspection_station s
join station_demerit d on d.station = s.key and year(d.date) = year($end) and d.date <= $end
where s.status = '正常'
group by s.key, s.keeper, s.name, s.warn
having sum(d.points) >= s.warn
