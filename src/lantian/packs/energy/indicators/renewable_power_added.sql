-- title: 新增可再生能源装机 | Renewable capacity added
-- unit: 千瓦      period: month      better: higher      subject: area (street, district, city)
-- answers: 光伏|风电|可再生能源|新能源发电 装机|新增|建设|并网; 光伏 装机
-- cumulative: yes
select r.area as subject,
  sum(r.power) as value
from renewable_project r
where r.done between $start and $end
group by r.area
