-- title: 未查询污染地块系统的用地事项 | Land transfers without the query
-- period: month      subject: area (street, district, city)      closes: gone
-- answers: 污染地块 查询; 土地征收|收回|收购|转让 污染地块
select q.key as key, q.area as subject, q.keeper as unit, q.name as title, q.matter || '事项没有系统查询记录' as detail
from land_query q
where q.queried is null or (q.answer = '污染地块' and q.plot is null)
