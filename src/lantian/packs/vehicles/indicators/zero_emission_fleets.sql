-- title: 零排放货物运输车队 | Zero-emission freight fleets
-- unit: 家      period: month      better: higher      subject: area (street, district, city)
-- answers: 零排放 车队; 清洁运输 车队
-- cumulative: yes
select f.area as subject,
  count(f.key) as value
from fleet_user f
where f.zero between $start and $end
group by f.area
