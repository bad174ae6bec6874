-- title: 高、中风险在产企业隐患排查完成率 | Risky units searched
-- unit: %      period: to_date      better: higher      subject: area (street, district, city)
-- answers: 土壤 隐患排查|排查 比例|完成率|全覆盖; 重点监管单位 排查|监测; 风险 企业 隐患排查
select u.area as subject,
  100.0 * count_if(u.searched <= $end) / nullif(count(u.key), 0) as value
from soil_key_unit u
where u.risk in ('高', '中')
group by u.area
