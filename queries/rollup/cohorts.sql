-- Cohorts: what the customers of each month of first purchase have bought in every month since.
-- Purchases are those of `model/rfm` on the as-of day: refunds are taken off the orders that they name, in the month of the
-- order; an order that its refunds cancel whole is left out.
-- Customers who were acquired before their order source has data are left out: their first purchase is not known.
-- Every month since has a row, also when nobody bought, up to the month of the as-of day, which may be incomplete. A count
-- takes each customer in one row at most, so that it adds up over cohorts, channels, regions and months.
-- Grain: one row per month of first purchase, its sales channel, region and months since.
-- @sorted cohort_on, first_channel, region, months_since
-- @column cohort_on: month -- first day of the month of the first purchase
-- @column first_channel: text -- sales channel of the first purchase day; of several the first of store, web, post, phone
-- @column region: text -- region of the customers' place; empty when unknown
-- @column months_since: number -- months since that of the first purchase, which is 0
-- @column whole: boolean -- whether the data hold the whole month
-- @column customers: count -- customers of the cohort, the same in each of its months
-- @column active_customers: count -- those with a purchase in the month
-- @column active_in_quarter: count -- those among them without one earlier in its three months since (1 to 3, 4 to 6 …)
-- @column second_purchases: count -- those whose second purchase day is in the month
-- @column orders: count -- orders of the month
-- @column net_revenue: money -- of these orders, refunds taken off
-- @column gross_margin: money -- net revenue less cost of goods; empty when an order states none
with last_month as (
    select
        as_of_on,
        cast(12 * extract(year from as_of_on) + extract(month from as_of_on) - 1 as integer) as month,
        extract(month from as_of_on + interval '1 day') <> extract(month from as_of_on) as whole
    from as_of
),
refunded as (
    select
        refunded_order_id as order_id,
        sum(net_revenue) as refunded_revenue,
        sum(gross_margin) as refunded_margin
    from orders
    where
        kind = 'refund'
        and refunded_order_id is not null
        and ordered_on <= (select as_of_on from last_month)
    group by refunded_order_id
),
kept as (
    select
        orders.customer_id,
        orders.source,
        orders.ordered_on,
        -- Numbers group and sort much faster than dates: months, and days with their sales channels in order.
        cast(12 * extract(year from orders.ordered_on) + extract(month from orders.ordered_on) - 1 as integer) as month,
        4 * cast(orders.ordered_on as integer)
        + case orders.sales_channel when 'store' then 0 when 'web' then 1 when 'post' then 2 else 3 end as day_and_channel,
        orders.net_revenue + coalesce(refunded.refunded_revenue, 0) as net_revenue,
        orders.gross_margin + coalesce(refunded.refunded_margin, 0) as gross_margin
    from refunded
    right join orders on orders.order_id = refunded.order_id
    where
        orders.kind = 'order'
        and orders.customer_id is not null
        and orders.ordered_on <= (select as_of_on from last_month)
        and (refunded.order_id is null or orders.net_revenue + refunded.refunded_revenue > 0)
),
purchased as (
    select
        kept.customer_id,
        kept.month,
        min(kept.day_and_channel) as day_and_channel,
        max(kept.ordered_on) > min(kept.ordered_on) as on_several_days,
        min(order_sources.first_on) as source_first_on,
        count(*) as orders,
        count(kept.gross_margin) as orders_with_margin,
        sum(kept.net_revenue) as net_revenue,
        sum(kept.gross_margin) as gross_margin
    from order_sources
    inner join kept on kept.source = order_sources.source
    group by kept.customer_id, kept.month
),
followed as (
    select
        *,
        first_value(month) over history as cohort,
        first_value(day_and_channel) over history % 4 as channel,
        first_value(on_several_days) over history as repeated_at_once,
        lag(month) over history as previous_month,
        row_number() over history as place,
        max(source_first_on) over (partition by customer_id) as known_from
    from purchased
    window history as (partition by customer_id order by month)
),
found as (
    select
        followed.cohort,
        followed.channel,
        customers.region,
        followed.month - followed.cohort as months_since,
        count(*) as active_customers,
        count(*) filter (
            where
                followed.place = 1
                or (followed.month - followed.cohort + 2) / 3 > (followed.previous_month - followed.cohort + 2) / 3
        ) as active_in_quarter,
        count(*) filter (
            where
                (followed.place = 1 and followed.on_several_days)
                or (followed.place = 2 and not followed.repeated_at_once)
        ) as second_purchases,
        sum(followed.orders) as orders,
        sum(followed.orders_with_margin) as orders_with_margin,
        sum(followed.net_revenue) as net_revenue,
        sum(followed.gross_margin) as gross_margin
    from customers
    right join followed on followed.customer_id = customers.customer_id
    where customers.acquired_on is null or customers.acquired_on >= followed.known_from
    group by followed.cohort, followed.channel, customers.region, followed.month - followed.cohort
),
listed as (
    -- The row of the month of the first purchase stands for every month since, so that each has a row.
    select
        found.*,
        unnest(
            generate_series(
                found.months_since,
                case when found.months_since = 0 then last_month.month - found.cohort else found.months_since end
            )
        ) as month_listed
    from found
    cross join last_month
),
summed as (
    select
        cohort,
        channel,
        region,
        cast(month_listed as integer) as months_since,
        -- In the month of the first purchase every customer is active.
        sum(active_customers) filter (where months_since = 0) as customers,
        sum(active_customers) filter (where months_since = month_listed) as active_customers,
        sum(active_in_quarter) filter (where months_since = month_listed) as active_in_quarter,
        sum(second_purchases) filter (where months_since = month_listed) as second_purchases,
        sum(orders) filter (where months_since = month_listed) as orders,
        sum(orders_with_margin) filter (where months_since = month_listed) as orders_with_margin,
        sum(net_revenue) filter (where months_since = month_listed) as net_revenue,
        sum(gross_margin) filter (where months_since = month_listed) as gross_margin
    from listed
    group by cohort, channel, region, month_listed
)
select
    make_date(summed.cohort / 12, summed.cohort % 12 + 1, 1) as cohort_on,
    case summed.channel when 0 then 'store' when 1 then 'web' when 2 then 'post' else 'phone' end as first_channel,
    summed.region,
    summed.months_since,
    summed.cohort + summed.months_since < last_month.month or last_month.whole as whole,
    summed.customers,
    coalesce(summed.active_customers, 0) as active_customers,
    coalesce(summed.active_in_quarter, 0) as active_in_quarter,
    coalesce(summed.second_purchases, 0) as second_purchases,
    coalesce(summed.orders, 0) as orders,
    cast(coalesce(summed.net_revenue, 0) as decimal(18, 2)) as net_revenue,
    cast(
        case
            when summed.orders is null then 0
            when summed.orders_with_margin = summed.orders then summed.gross_margin
        end as decimal(18, 2)
    ) as gross_margin
from summed
cross join last_month
