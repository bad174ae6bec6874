-- title: 绩效A级、B级和引领性企业比例 | Enterprises graded A, B or leading
-- unit: %      period: month      better: higher      subject: area (street, district, city)
-- answers: A级|A、B|A/B|AB级 引领 比例; A级|A、B|A/B|AB级|B级 企业 比例; 绩效 引领 比例
-- not: 纳税; 信用; 景区; 食品; 餐饮
select e.area as subject,
  100.0 * count_if(e.grade in ('A', 'B', '引领性')) / nullif(count(e.key), 0) as value
from enterprise e
where e.grade is not null and e.status <> '关停退出'
group by e.area
