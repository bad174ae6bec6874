-- title: 诉求解决率 | Orders solved
-- unit: %      period: month      better: higher      subject: area (street, district, city)
-- answers: 诉求|接诉即办|投诉|热线 解决率
select h.area as subject,
  sum(h.solved * coalesce(h.orders, 1)) / nullif(sum(coalesce(h.orders, 1)), 0) as value
from hotline_score h
where h.month between $start and $end
group by h.area
