-- The indicators of a period and of the same days a year before (minus 364 days).
-- Last year is empty where the lake does not reach back that far. Active customers ordered in the 12 months that end with
-- the last day. New customers are counted by the day and the channel of their acquisition. The web's share is of all sales
-- channels, whatever channel is chosen. Like-for-like stores are open during the whole of both periods; a store whose day
-- of opening is unknown counts as open before. Too few customers are not counted; sales are, whoever bought.
-- @param from_on: date -- first day of the period
-- @param to_on: date -- last day of the period
-- @param sales_channel: text = null -- web, store, post or phone; all when absent
-- @param region: text = null -- region of the customer when ordering; all when absent
-- @small active_customers in counts: active_customers
-- @across sales_channel, region: everyone_now once active_once
-- @small active_customers_last_year in counts: active_customers_last_year
-- @across sales_channel, region: everyone_before once active_once
-- @small new_customers in counts: new_customers
-- @across sales_channel, region: everyone_won
-- @small new_customers_last_year in counts: new_customers_last_year
-- @across sales_channel, region: everyone_won
-- @column net_revenue: money -- without VAT and shipping, refunds of the period taken off
-- @column net_revenue_last_year: money -- the same a year before
-- @column net_revenue_change: change -- relative change
-- @column orders: count -- orders, refunds not counted
-- @column orders_last_year: count -- the same a year before
-- @column orders_change: change -- relative change
-- @column active_customers: count -- customers who ordered in the 12 months to the last day
-- @column active_customers_last_year: count -- the same a year before
-- @column active_customers_change: change -- relative change
-- @column new_customers: count -- customers won in the period
-- @column new_customers_last_year: count -- the same a year before
-- @column new_customers_change: change -- relative change
-- @column basket: money -- net revenue of an order, before refunds
-- @column basket_last_year: money -- the same a year before
-- @column basket_change: change -- relative change
-- @column gross_margin: money -- gross margin of the sales that state one
-- @column gross_margin_last_year: money -- the same a year before
-- @column gross_margin_rate: ratio -- gross margin over the net revenue of the same sales
-- @column gross_margin_rate_last_year: ratio -- the same a year before
-- @column gross_margin_rate_change: points -- difference of the two rates
-- @column web_share: ratio -- web in the net revenue of all sales channels
-- @column web_share_last_year: ratio -- the same a year before
-- @column web_share_change: points -- difference of the two shares
-- @column like_for_like_revenue: money -- net revenue of the stores open in both periods
-- @column like_for_like_revenue_last_year: money -- the same a year before
-- @column like_for_like_change: change -- relative change
-- @column like_for_like_stores: count -- stores open in both periods
-- @column stores: count -- stores with sales in the period
with
-- @with overview/everyone_active
everyone_now as (
    select
        sales_channel,
        region,
        sum(change) as active_customers,
        sum(change_once) as active_once
    from everyone_active
    where changed_on <= $to_on
    group by sales_channel, region
),
everyone_before as (
    select
        sales_channel,
        region,
        sum(change) as active_customers_last_year,
        sum(change_once) as active_once
    from everyone_active
    where changed_on <= $to_on - interval '364 days'
    group by sales_channel, region
),
everyone_won as (
    select
        sales_channel,
        region,
        case when acquired_on >= $from_on then customers else 0 end as new_customers,
        case when acquired_on <= $to_on - interval '364 days' then customers else 0 end as new_customers_last_year
    from new_customers_by_day
    where acquired_on between $from_on - interval '364 days' and $to_on
),
history as (
    select
        coalesce(min(first_on) <= $from_on - interval '364 days', false) as has_last_year,
        coalesce(
            min(first_on) <= $to_on - interval '364 days' - interval '12 months' + interval '1 day', false
        ) as has_active_last_year
    from order_sources
),
sold as (
    select
        *,
        $sales_channel is null or sales_channel = $sales_channel as chosen,
        ordered_on >= $from_on as this_year,
        ordered_on <= $to_on - interval '364 days' as last_year
    from sales_by_day
    where
        ordered_on between $from_on - interval '364 days' and $to_on
        and (ordered_on >= $from_on or ordered_on <= $to_on - interval '364 days')
        and ($region is null or region = $region)
),
by_store as (
    -- Few rows: one per store and one per other channel. Everything below adds them up, so that sales are read once.
    select
        chosen,
        sales_channel,
        store_id,
        bool_or(this_year) as sold_this_year,
        coalesce(sum(net_revenue) filter (where this_year), 0) as net_revenue,
        coalesce(sum(net_revenue) filter (where last_year), 0) as net_revenue_last_year,
        coalesce(sum(orders) filter (where this_year), 0) as orders,
        coalesce(sum(orders) filter (where last_year), 0) as orders_last_year,
        coalesce(sum(order_revenue) filter (where this_year), 0) as order_revenue,
        coalesce(sum(order_revenue) filter (where last_year), 0) as order_revenue_last_year,
        coalesce(sum(gross_margin) filter (where this_year), 0) as gross_margin,
        coalesce(sum(gross_margin) filter (where last_year), 0) as gross_margin_last_year,
        coalesce(sum(revenue_with_margin) filter (where this_year), 0) as revenue_with_margin,
        coalesce(sum(revenue_with_margin) filter (where last_year), 0) as revenue_with_margin_last_year
    from sold
    group by chosen, sales_channel, store_id
),
like_for_like_stores as (
    select store_id
    from stores
    where
        coalesce(opened_on <= $from_on - interval '364 days', true)
        and coalesce(closed_on >= $to_on, true)
),
compared as (
    select
        by_store.*,
        by_store.sales_channel = 'web' as web,
        chosen and by_store.sales_channel = 'store' and like_for_like_stores.store_id is not null as like_for_like
    from by_store
    left join like_for_like_stores on like_for_like_stores.store_id = by_store.store_id
),
totals as (
    select
        coalesce(sum(net_revenue) filter (where chosen), 0) as net_revenue,
        coalesce(sum(net_revenue_last_year) filter (where chosen), 0) as net_revenue_last_year,
        coalesce(sum(orders) filter (where chosen), 0) as orders,
        coalesce(sum(orders_last_year) filter (where chosen), 0) as orders_last_year,
        coalesce(sum(order_revenue) filter (where chosen), 0) as order_revenue,
        coalesce(sum(order_revenue_last_year) filter (where chosen), 0) as order_revenue_last_year,
        coalesce(sum(gross_margin) filter (where chosen), 0) as gross_margin,
        coalesce(sum(gross_margin_last_year) filter (where chosen), 0) as gross_margin_last_year,
        coalesce(sum(revenue_with_margin) filter (where chosen), 0) as revenue_with_margin,
        coalesce(sum(revenue_with_margin_last_year) filter (where chosen), 0) as revenue_with_margin_last_year,
        count(store_id) filter (where chosen and sold_this_year) as stores,
        cast(coalesce(sum(net_revenue) filter (where web), 0) as double)
        / nullif(greatest(cast(sum(net_revenue) as double), 0), 0) as web_share,
        cast(coalesce(sum(net_revenue_last_year) filter (where web), 0) as double)
        / nullif(greatest(cast(sum(net_revenue_last_year) as double), 0), 0) as web_share_last_year,
        coalesce(sum(net_revenue) filter (where like_for_like), 0) as like_for_like_revenue,
        coalesce(sum(net_revenue_last_year) filter (where like_for_like), 0) as like_for_like_revenue_last_year,
        count(*) filter (where like_for_like) as like_for_like_stores
    from compared
),
active as (
    select
        coalesce(sum(change) filter (where changed_on <= $to_on), 0) as customers,
        coalesce(sum(change) filter (where changed_on <= $to_on - interval '364 days'), 0) as customers_last_year
    from active_customers_by_day
    where
        by_channel = ($sales_channel is not null)
        and by_region = ($region is not null)
        and ($sales_channel is null or sales_channel = $sales_channel)
        and ($region is null or region = $region)
),
won as (
    select
        coalesce(sum(customers) filter (where acquired_on >= $from_on), 0) as customers,
        coalesce(sum(customers) filter (where acquired_on <= $to_on - interval '364 days'), 0) as customers_last_year
    from new_customers_by_day
    where
        acquired_on between $from_on - interval '364 days' and $to_on
        and ($sales_channel is null or sales_channel = $sales_channel)
        and ($region is null or region = $region)
),
counts as (
    select
        active.customers as active_customers,
        active.customers_last_year as active_customers_last_year,
        won.customers as new_customers,
        won.customers_last_year as new_customers_last_year
    from active
    cross join won
),
figures as (
    select
        totals.net_revenue,
        case when has_last_year then totals.net_revenue_last_year end as net_revenue_last_year,
        totals.orders,
        case when has_last_year then totals.orders_last_year end as orders_last_year,
        counts.active_customers,
        case when has_active_last_year then counts.active_customers_last_year end as active_customers_last_year,
        counts.new_customers,
        case when has_last_year then counts.new_customers_last_year end as new_customers_last_year,
        cast(order_revenue as double) / nullif(cast(orders as double), 0) as basket,
        case
            when has_last_year
                then cast(order_revenue_last_year as double) / nullif(cast(orders_last_year as double), 0)
        end as basket_last_year,
        case when revenue_with_margin <> 0 then gross_margin end as gross_margin,
        case when has_last_year and revenue_with_margin_last_year <> 0 then gross_margin_last_year
        end as gross_margin_last_year,
        cast(gross_margin as double) / nullif(cast(revenue_with_margin as double), 0) as gross_margin_rate,
        case
            when has_last_year
                then cast(gross_margin_last_year as double)
                    / nullif(cast(revenue_with_margin_last_year as double), 0)
        end as gross_margin_rate_last_year,
        totals.web_share,
        case when has_last_year then totals.web_share_last_year end as web_share_last_year,
        case when totals.like_for_like_stores > 0 and has_last_year then totals.like_for_like_revenue
        end as like_for_like_revenue,
        case when totals.like_for_like_stores > 0 and has_last_year then totals.like_for_like_revenue_last_year
        end as like_for_like_revenue_last_year,
        case when has_last_year then totals.like_for_like_stores end as like_for_like_stores,
        totals.stores
    from totals
    cross join counts
    cross join history
)
select
    cast(net_revenue as decimal(18, 2)) as net_revenue,
    cast(net_revenue_last_year as decimal(18, 2)) as net_revenue_last_year,
    case when net_revenue_last_year > 0
        then cast(net_revenue as double) / cast(net_revenue_last_year as double) - 1
    end as net_revenue_change,
    orders,
    orders_last_year,
    case when orders_last_year > 0
        then cast(orders as double) / cast(orders_last_year as double) - 1
    end as orders_change,
    active_customers,
    active_customers_last_year,
    case when active_customers_last_year > 0
        then cast(active_customers as double) / cast(active_customers_last_year as double) - 1
    end as active_customers_change,
    new_customers,
    new_customers_last_year,
    case when new_customers_last_year > 0
        then cast(new_customers as double) / cast(new_customers_last_year as double) - 1
    end as new_customers_change,
    cast(basket as decimal(18, 2)) as basket,
    cast(basket_last_year as decimal(18, 2)) as basket_last_year,
    case when basket_last_year > 0 then basket / basket_last_year - 1 end as basket_change,
    cast(gross_margin as decimal(18, 2)) as gross_margin,
    cast(gross_margin_last_year as decimal(18, 2)) as gross_margin_last_year,
    gross_margin_rate,
    gross_margin_rate_last_year,
    gross_margin_rate - gross_margin_rate_last_year as gross_margin_rate_change,
    web_share,
    web_share_last_year,
    web_share - web_share_last_year as web_share_change,
    cast(like_for_like_revenue as decimal(18, 2)) as like_for_like_revenue,
    cast(like_for_like_revenue_last_year as decimal(18, 2)) as like_for_like_revenue_last_year,
    case when like_for_like_revenue_last_year > 0
        then cast(like_for_like_revenue as double) / cast(like_for_like_revenue_last_year as double) - 1
    end as like_for_like_change,
    like_for_like_stores,
    stores
from figures
