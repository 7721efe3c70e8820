-- The finding of the migration: how many customers moved to a better segment, how many to a worse one.
-- Cases: none (nobody was there on both days), moves.
-- @param sales_channel: text = null -- preferred channel of the customer: web, store, post or phone; all when absent
-- @param region: text = null -- region of the customer; all when absent
-- @column case: text -- none or moves
-- @column better: count -- customers in a better segment than 364 days before
-- @column worse: count -- customers in a worse one
-- @column stable: count -- customers in the same one
with now as (
    select customer_id, segment
    from rfm
    where
        as_of_on = (select max(as_of_on) from rfm)
        and ($sales_channel is null or preferred_channel = $sales_channel)
        and ($region is null or region = $region)
),
before as (
    select customer_id, segment
    from rfm
    where as_of_on < (select max(as_of_on) from rfm)
),
ranks as (
    select * from (values
        ('champions', 1), ('loyal', 2), ('promising', 3), ('dormant', 4), ('at_risk', 5), ('lost', 6)
    ) as ranks (segment, place)
),
moves as (
    select
        before.segment as before,
        now.segment as after,
        count(*) as customers
    from now
    inner join before on before.customer_id = now.customer_id
    group by before.segment, now.segment
)
select
    case when sum(moves.customers) > 0 then 'moves' else 'none' end as "case",
    coalesce(sum(moves.customers) filter (where a.place < b.place), 0) as better,
    coalesce(sum(moves.customers) filter (where a.place > b.place), 0) as worse,
    coalesce(sum(moves.customers) filter (where a.place = b.place), 0) as stable
from moves
inner join ranks b on b.segment = moves.before
inner join ranks a on a.segment = moves.after
