-- The finding of a segment's channels: where it is furthest above its share of all customers.
-- Cases: none (no customer), one (a single channel is left by the filters), even (no share is off by a point), over.
-- @param segment: text -- segment of the customer: champions, loyal, promising, dormant, at_risk or lost
-- @param sales_channel: text = null -- preferred channel of the customer: web, store, post or phone; all when absent
-- @param region: text = null -- region of the customer; all when absent
-- @param cohort_on: date = null -- first day of the month of first purchase; all when absent
-- @param recency_score: integer = null -- recency score, 1 (long ago) to 5 (lately); all when absent
-- @param frequency_score: integer = null -- frequency score, 1 (once) to 5 (often); all when absent
-- @column case: text -- none, one, even or over
-- @column sales_channel: text -- the channel
-- @column share: ratio -- its share of the segment
-- @column all_share: ratio -- its share of the customers of all segments
with counted as (
    select
        preferred_channel as sales_channel,
        count(*) as all_customers,
        count(*) filter (
            where segment = $segment
                and ($recency_score is null or recency_score = $recency_score)
                and ($frequency_score is null or frequency_score = $frequency_score)
        ) as customers
    from customer_value
    where
        ($region is null or region = $region)
        and ($cohort_on is null or (first_on >= $cohort_on and first_on < $cohort_on + interval '1 month'))
    group by preferred_channel
),
shares as (
    select
        sales_channel,
        cast(customers as double) / nullif(sum(customers) over (), 0) as share,
        cast(all_customers as double) / sum(all_customers) over () as all_share
    from counted
),
found as (
    select
        count(share) as channels,
        first_value(sales_channel order by share - all_share desc, sales_channel) as sales_channel,
        first_value(share order by share - all_share desc, sales_channel) as share,
        first_value(all_share order by share - all_share desc, sales_channel) as all_share
    from shares
    where
        sales_channel is not null
        and share is not null
        and ($sales_channel is null or sales_channel = $sales_channel)
)
select
    case
        when channels = 0 then 'none'
        when channels = 1 then 'one'
        when share - all_share < 0.01 then 'even'
        else 'over'
    end as "case",
    sales_channel,
    share,
    all_share
from found
