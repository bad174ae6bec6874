-- title: 专项资金支付率 | Funds paid
-- unit: %      period: to_date      better: higher      subject: area (street, district, city)
-- answers: 资金 支付率|执行率|使用率; 预算 执行率; 资金 支出进度|支出率|拨付率|执行进度
select f.area as subject,
  100.0 * sum(f.paid) / nullif(sum(f.budget), 0) as value
from fund_project f
where f.allocated <= $end
group by f.area
