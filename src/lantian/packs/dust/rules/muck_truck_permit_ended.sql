-- title: 渣土车许可过期仍在册 | Muck trucks whose permit ended
-- period: month      subject: register muck_truck      closes: gone
-- answers: 渣土车 许可; 渣土车 准运

select key as key, key as subject, null as unit, company as title,
  '车牌 ' || plate || '，许可有效期至 ' || cast(permit_until as varchar) as detail
from muck_truck
where permit_until < $as_of
