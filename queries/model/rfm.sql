-- Recency, frequency and monetary value of every customer with a purchase up to a day, at day grain.
-- Fader, Hardie & Lee (2005): frequency counts repeat purchase days, orders of one day are one purchase, times run from the first purchase.
-- Refunds are taken off the orders that they name. An order that its refunds up to as_of cancel whole is left out; an order of
-- zero without a refund counts. Refunds that name no order are left out, since nothing says which purchase they undo.
-- Scores: fifths of the customers by rank, 5 the best; customers who are alike have the same score, that of the lowest of them.
-- Segments, the first that holds: champions (recency and frequency 4 or 5), loyal (both at least 3), promising (recency 4 or 5),
-- dormant (recency 3), at_risk (frequency at least 3), lost.
-- @param as_of: date -- last day of the observation
-- @column customer_id: text -- pseudonymous id
-- @column first_on: date -- first purchase day
-- @column last_on: date -- last purchase day
-- @column frequency: count -- repeat purchase days
-- @column recency_days: days -- from the first purchase day to the last
-- @column age_days: days -- from the first purchase day to the last day of the observation
-- @column purchase_days: count -- purchase days, the first one included
-- @column orders: count -- orders
-- @column net_revenue: money -- all purchases, refunds taken off
-- @column gross_margin: money -- net revenue less cost of goods; empty when an order states none
-- @column first_value: money -- value of the first purchase day
-- @column repeat_value: money -- mean value of a repeat purchase day; empty without a repeat
-- @column preferred_channel: text -- sales channel of most orders; of equal ones the first of store, web, post, phone
-- @column preferred_channel_share: ratio -- its share of the orders
-- @column first_channel: text -- sales channel of the first purchase day; of several the first of store, web, post, phone
-- @column whole_history: boolean -- whether the customer was won within the data of all his order sources, as far as is known
-- @column region: text -- region of the customer's place; empty when unknown
-- @column recency_score: number -- 1 (long ago) to 5 (lately)
-- @column frequency_score: number -- 1 (once) to 5 (often)
-- @column monetary_score: number -- 1 to 5 by net revenue
-- @column segment: text -- champions, loyal, promising, dormant, at_risk or lost
with refunded as (
    select
        refunded_order_id as order_id,
        sum(net_revenue) as refunded_revenue,
        sum(gross_margin) as refunded_margin
    from orders
    where kind = 'refund' and refunded_order_id is not null and ordered_on <= $as_of
    group by refunded_order_id
),
kept as (
    select
        orders.customer_id,
        orders.ordered_on,
        orders.sales_channel,
        order_sources.first_on as source_first_on,
        orders.net_revenue + coalesce(refunded.refunded_revenue, 0) as net_revenue,
        -- A refund that states no margin leaves that of its order unknown.
        orders.gross_margin + case when refunded.order_id is null then 0 else refunded.refunded_margin end as gross_margin
    from refunded
    right join orders on orders.order_id = refunded.order_id
    inner join order_sources on order_sources.source = orders.source
    where
        orders.kind = 'order'
        and orders.customer_id is not null
        and orders.ordered_on <= $as_of
        and (refunded.order_id is null or orders.net_revenue + refunded.refunded_revenue > 0)
),
purchases as (
    select
        customer_id,
        ordered_on,
        sum(net_revenue) as net_revenue,
        case when count(gross_margin) = count(*) then sum(gross_margin) end as gross_margin,
        count(*) as orders,
        max(source_first_on) as source_first_on,
        count(*) filter (where sales_channel = 'store') as store,
        count(*) filter (where sales_channel = 'web') as web,
        count(*) filter (where sales_channel = 'post') as post,
        count(*) filter (where sales_channel = 'phone') as phone
    from kept
    group by customer_id, ordered_on
),
histories as (
    select
        customer_id,
        min(ordered_on) as first_on,
        max(ordered_on) as last_on,
        count(*) - 1 as frequency,
        count(*) as purchase_days,
        sum(orders) as orders,
        max(source_first_on) as source_first_on,
        sum(net_revenue) as net_revenue,
        case when count(gross_margin) = count(*) then sum(gross_margin) end as gross_margin,
        -- The first purchase in one number, its day before its cents: a minimum is far cheaper than the first of a sorted list.
        min(
            cast(ordered_on as bigint) * 10000000000000 + cast(net_revenue * 100 as bigint) + 5000000000000
        ) as first_purchase,
        min(
            cast(ordered_on as bigint) * 10
            + case when store > 0 then 0 when web > 0 then 1 when post > 0 then 2 else 3 end
        ) as first_channel,
        sum(store) as store,
        sum(web) as web,
        sum(post) as post,
        sum(phone) as phone
    from purchases
    group by customer_id
),
scored as (
    select
        *,
        greatest(store, web, post, phone) as in_preferred_channel,
        cast(first_purchase % 10000000000000 - 5000000000000 as decimal(18, 0)) / 100 as first_value,
        1 + 5 * (cast(rank() over (order by last_on) as bigint) - 1) / count(*) over () as recency_score,
        1 + 5 * (cast(rank() over (order by frequency) as bigint) - 1) / count(*) over () as frequency_score,
        1 + 5 * (cast(rank() over (order by net_revenue) as bigint) - 1) / count(*) over () as monetary_score
    from histories
)
select
    scored.customer_id,
    first_on,
    last_on,
    cast(frequency as bigint) as frequency,
    cast(last_on as integer) - cast(first_on as integer) as recency_days,
    cast($as_of as integer) - cast(first_on as integer) as age_days,
    purchase_days,
    orders,
    cast(net_revenue as decimal(18, 2)) as net_revenue,
    cast(gross_margin as decimal(18, 2)) as gross_margin,
    cast(first_value as decimal(18, 2)) as first_value,
    case when frequency > 0 then
        cast(round((net_revenue - first_value) / frequency, 2) as decimal(18, 2))
    end as repeat_value,
    case in_preferred_channel
        when store then 'store'
        when web then 'web'
        when post then 'post'
        else 'phone'
    end as preferred_channel,
    cast(in_preferred_channel as double) / cast(orders as double) as preferred_channel_share,
    case first_channel % 10
        when 0 then 'store'
        when 1 then 'web'
        when 2 then 'post'
        else 'phone'
    end as first_channel,
    coalesce(customers.acquired_on >= source_first_on, true) as whole_history,
    customers.region,
    recency_score,
    frequency_score,
    monetary_score,
    case
        when recency_score >= 4 and frequency_score >= 4 then 'champions'
        when recency_score >= 3 and frequency_score >= 3 then 'loyal'
        when recency_score >= 4 then 'promising'
        when recency_score = 3 then 'dormant'
        when frequency_score >= 3 then 'at_risk'
        else 'lost'
    end as segment
from scored
left join customers on customers.customer_id = scored.customer_id
