-- title: 预警期间督导检查企业比例 | Enterprises checked during alerts
-- unit: %      period: month      better: higher      subject: area (street, district, city)
-- answers: 响应清单|减排清单|应急清单 检查|督导|抽查 比例|不少于; 预警|应急响应 企业 检查|督导|抽查 比例; 响应清单|减排清单|清单企业 检查|督导|抽查; 预警|应急响应 企业 检查|督导|抽查
-- cumulative: yes
select e.area as subject,
  100.0 * count_if(c.enterprise is not null) / nullif(count(e.key), 0) as value
from enterprise e
left join (select distinct a.enterprise as enterprise from alert_check a where a.date between $start and $end) c
  on c.enterprise = e.key
where e.alert_list and e.status <> '关停退出'
group by e.area
