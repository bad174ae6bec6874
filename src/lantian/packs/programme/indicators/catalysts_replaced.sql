-- title: 更换尾气净化装置车辆 | Catalysts replaced
-- unit: 辆      period: month      better: higher      subject: area (street, district, city)
-- answers: 尾气净化装置; 三元催化
-- cumulative: yes
select p.area as subject,
  sum(coalesce(p.result, 1)) as value
from programme_item p
where p.programme = '尾气净化装置更换' and p.done between $start and $end
group by p.area
