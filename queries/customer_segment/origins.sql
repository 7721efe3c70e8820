-- Where the customers of a segment were 364 days before: in which segment, or not yet customers.
-- A sales channel or region is the customer's on the as-of day.
-- @param segment: text -- segment of the customer: champions, loyal, promising, dormant, at_risk or lost
-- @param sales_channel: text = null -- preferred channel of the customer: web, store, post or phone; all when absent
-- @param region: text = null -- region of the customer; all when absent
-- @param cohort_on: date = null -- first day of the month of first purchase; all when absent
-- @param recency_score: integer = null -- recency score, 1 (long ago) to 5 (lately); all when absent
-- @param frequency_score: integer = null -- frequency score, 1 (once) to 5 (often); all when absent
-- @column origin: text -- segment 364 days before, or new
-- @column place: number -- its place, from best to worst; new last
-- @column customers: count -- customers
-- @column share: ratio -- their share of the customers of the segment now
-- @column step: number -- places that they rose since, less than 0 where they fell; empty where they stayed or are new
with now as (
    select customer_id
    from rfm
    where
        as_of_on = (select max(as_of_on) from rfm)
        and segment = $segment
        and ($sales_channel is null or preferred_channel = $sales_channel)
        and ($region is null or region = $region)
        and ($cohort_on is null or (first_on >= $cohort_on and first_on < $cohort_on + interval '1 month'))
        and ($recency_score is null or recency_score = $recency_score)
        and ($frequency_score is null or frequency_score = $frequency_score)
),
before as (
    select customer_id, segment
    from rfm
    where as_of_on < (select max(as_of_on) from rfm)
),
came as (
    select
        coalesce(before.segment, 'new') as origin,
        count(*) as customers
    from now
    left join before on before.customer_id = now.customer_id
    -- Without a year before, nobody can be called new.
    where (select count(*) from before) > 0
    group by coalesce(before.segment, 'new')
),
listed as (
    select * from (values
        ('champions', 1), ('loyal', 2), ('promising', 3), ('dormant', 4), ('at_risk', 5), ('lost', 6), ('new', 7)
    ) as listed (origin, place)
)
select
    listed.origin,
    listed.place,
    came.customers,
    cast(came.customers as double) / sum(came.customers) over () as share,
    case when listed.origin not in ($segment, 'new') then listed.place - own.place end as step
from came
inner join listed on listed.origin = came.origin
inner join listed own on own.origin = $segment
order by listed.place
