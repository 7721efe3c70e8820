-- Who moved from which segment to which, of the customers with a purchase on both days: the as-of day and 364 days before.
-- A sales channel or region is the customer's on the as-of day.
-- @param sales_channel: text = null -- preferred channel of the customer: web, store, post or phone; all when absent
-- @param region: text = null -- region of the customer; all when absent
-- @column before: text -- segment 364 days before
-- @column before_rank: number -- its place, from best to worst
-- @column after: text -- segment on the as-of day
-- @column after_rank: number -- its place
-- @column customers: count -- customers
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
    moves.before,
    b.place as before_rank,
    moves.after,
    a.place as after_rank,
    moves.customers
from moves
inner join ranks b on b.segment = moves.before
inner join ranks a on a.segment = moves.after
order by b.place, a.place
