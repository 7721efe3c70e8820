-- What the last build could not compute, a row each, in the order of what hangs on it.
-- @column subject: text -- holdout, purchases, spend, intervals, costs, customers_to_come, season or personas
-- @column status: text -- why there is no result
-- @column reason: text -- both, for words
with listed as (
    select * from (values
        ('purchases', 1), ('spend', 2), ('intervals', 3), ('costs', 4), ('customers_to_come', 5), ('holdout', 6), ('season', 7),
        ('personas', 8)
    ) as listed (subject, place)
)
select
    listed.subject,
    model_status.status,
    listed.subject || '-' || model_status.status as reason
from model_status
inner join listed on listed.subject = model_status.subject
where model_status.status not in ('ok', 'limit', 'next_best')
order by listed.place
