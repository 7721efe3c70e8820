-- Concentration: customers by value in ten groups of equal size, the most valuable first.
-- The interval adds up the bounds of the customers, as in `customers/indicators`.
-- @param sales_channel: text = null -- preferred channel of the customer: web, store, post or phone; all when absent
-- @param region: text = null -- region of the customer; all when absent
-- @param min_group_size: integer = 11 -- groups with fewer customers carry no figure; 0 hides none
-- @column decile: number -- 1 (most valuable) to 10
-- @column customers: count -- customers
-- @column customers_share: ratio -- share of the customers, cumulated from the first group: their share of the value, were all alike
-- @column hidden: boolean -- whether customers are too few to show
-- @column clv: money -- their value; empty when hidden
-- @column clv_low: money -- lower end of its 95 % interval; empty likewise
-- @column clv_high: money -- upper end of its 95 % interval; empty likewise
-- @column clv_share: ratio -- its share of the value of all; empty likewise
-- @column cumulative_share: ratio -- share of the value, cumulated from the first group; empty likewise
-- @column mean_clv: money -- mean value of a customer; empty likewise
with ranked as (
    select
        clv,
        clv_low,
        clv_high,
        -- Numbers sort much faster than ids, and customers who are alike in all three are as good as each other.
        1 + 10 * (cast(row_number() over (order by clv desc, clv_low desc, clv_high desc) as bigint) - 1) / count(*) over ()
            as decile
    from customer_value
    where
        clv is not null
        and ($sales_channel is null or preferred_channel = $sales_channel)
        and ($region is null or region = $region)
),
sums as (
    select
        decile,
        count(*) as customers,
        count(*) < $min_group_size as hidden,
        sum(clv) as clv,
        sum(clv_low) as clv_low,
        sum(clv_high) as clv_high
    from ranked
    group by decile
),
cumulated as (
    select
        *,
        cast(sum(customers) over so_far as double) / sum(customers) over () as customers_share,
        cast(sum(clv) over so_far as double) / nullif(cast(sum(clv) over () as double), 0) as cumulative_share,
        cast(clv as double) / nullif(cast(sum(clv) over () as double), 0) as clv_share
    from sums
    window so_far as (order by decile)
)
select
    decile,
    customers,
    customers_share,
    hidden,
    cast(case when not hidden then clv end as decimal(18, 2)) as clv,
    cast(case when not hidden then clv_low end as decimal(18, 2)) as clv_low,
    cast(case when not hidden then clv_high end as decimal(18, 2)) as clv_high,
    case when not hidden then clv_share end as clv_share,
    case when not hidden then cumulative_share end as cumulative_share,
    cast(case when not hidden then cast(clv as double) / customers end as decimal(18, 2)) as mean_clv
from cumulated
order by decile
