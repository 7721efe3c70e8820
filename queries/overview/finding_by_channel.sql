-- The finding of the sales channels: which one gains or loses most, and which one is largest.
-- Cases: empty (no sale), alone (no last year), gain, loss, flat. The channel named is the one whose difference against
-- last year is largest in size; it is named as a gain or loss only when that is at least 1 % of last year's revenue of all
-- channels, else the case is flat and the title names the largest channel.
-- @param sales_channel: text = null -- web, store, post or phone; all when absent
-- @param region: text = null -- region of the customer when ordering; all when absent
-- @column case: text -- empty, alone, gain, loss or flat
-- @column sales_channel: text -- channel with the largest difference
-- @column amount: money change -- its difference against last year
-- @column change: change -- its relative change
-- @column total_amount: money change -- difference of all channels together
-- @column largest_channel: text -- channel with the most revenue
-- @column largest_share: ratio -- its share
-- @column opposite_channel: text -- channel with the largest difference in the other direction
-- @column opposite_amount: money change -- its difference
-- @column channels: count -- sales channels with revenue
with
-- @with overview/revenue_by(of = sales_channel, other = region)
channels as (
    select *, cast(net_revenue - last_year as double) as amount
    from sums
    where $sales_channel is null or sales_channel = $sales_channel
),
facts as (
    select
        first_value(sales_channel order by abs(amount) desc, sales_channel) as sales_channel,
        first_value(amount order by abs(amount) desc, sales_channel) as amount,
        first_value(cast(last_year as double) order by abs(amount) desc, sales_channel) as own_last_year,
        first_value(sales_channel order by net_revenue desc, sales_channel) as largest_channel,
        max(cast(net_revenue as double)) / nullif(greatest(cast(sum(net_revenue) as double), 0), 0) as largest_share,
        first_value(sales_channel order by amount desc, sales_channel) as best_channel,
        max(amount) as best_amount,
        first_value(sales_channel order by amount asc, sales_channel) as worst_channel,
        min(amount) as worst_amount,
        cast(sum(last_year) as double) as last_year,
        cast(sum(net_revenue) - sum(last_year) as double) as total_amount,
        count(*) filter (where net_revenue <> 0) as channels
    from channels
),
cases as (
    select
        facts.*,
        has_last_year and last_year > 0 as compared,
        case
            when coalesce(channels, 0) = 0 then 'empty'
            when not has_last_year or coalesce(last_year, 0) <= 0 then 'alone'
            when amount >= 0.01 * last_year then 'gain'
            when amount <= -0.01 * last_year then 'loss'
            else 'flat'
        end as "case"
    from facts
    cross join history
)
select
    "case",
    case when compared then sales_channel end as sales_channel,
    cast(case when compared then amount end as decimal(18, 2)) as amount,
    case when compared and own_last_year > 0 then amount / own_last_year end as change,
    cast(case when compared then total_amount end as decimal(18, 2)) as total_amount,
    largest_channel,
    largest_share,
    case
        when compared and amount > 0 and worst_amount < 0 then worst_channel
        when compared and amount < 0 and best_amount > 0 then best_channel
    end as opposite_channel,
    cast(
        case
            when compared and amount > 0 and worst_amount < 0 then worst_amount
            when compared and amount < 0 and best_amount > 0 then best_amount
        end as decimal(18, 2)
    ) as opposite_amount,
    channels
from cases
