-- title: 诉求满意率 | Callers satisfied
-- unit: %      period: month      better: higher      subject: area (street, district, city)
-- answers: 诉求|接诉即办|投诉|热线 满意率
-- not: 解决率
select h.area as subject,
  sum(h.satisfied * coalesce(h.orders, 1)) / nullif(sum(coalesce(h.orders, 1)), 0) as value
from hotline_score h
where h.month between $start and $end
group by h.area
