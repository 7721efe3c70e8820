-- The indicators per month, beside the same days a year before: what the small lines show.
-- Active customers ordered in the 12 months that end with the month's last day in the period. Last year is empty where the
-- lake does not reach back that far. Too few customers are not counted; sales are, whoever bought.
-- @param sales_channel: text = null -- web, store, post or phone; all when absent
-- @param region: text = null -- region of the customer when ordering; all when absent
-- @small active_customers by month: active_customers
-- @across sales_channel, region: everyone_by_month once active_once
-- @small active_customers_last_year by month: active_customers_last_year
-- @across sales_channel, region: everyone_by_month_before once active_once
-- @small new_customers by month: new_customers
-- @across sales_channel, region: everyone_won
-- @together
-- @small new_customers_last_year by month: new_customers_last_year
-- @across sales_channel, region: everyone_won
-- @together
-- @column month: month -- first day of the month
-- @column net_revenue: money -- without VAT and shipping, refunds taken off
-- @column net_revenue_last_year: money -- the same days a year before
-- @column orders: count -- orders, refunds not counted
-- @column orders_last_year: count -- the same days a year before
-- @column active_customers: count -- customers who ordered in the 12 months to the month's end
-- @column active_customers_last_year: count -- the same 364 days before
-- @column new_customers: count -- customers won in the month
-- @column new_customers_last_year: count -- the same days a year before
-- @column basket: money -- net revenue of an order, before refunds
-- @column basket_last_year: money -- the same days a year before
-- @column gross_margin_rate: ratio -- gross margin over the net revenue of the same sales
-- @column gross_margin_rate_last_year: ratio -- the same days a year before
-- @column web_share: ratio -- web in the net revenue of all sales channels
-- @column web_share_last_year: ratio -- the same days a year before
with
-- @with overview/months
spans as (
    select
        month,
        least(cast(month + interval '1 month' - interval '1 day' as date), $to_on) as last_day,
        first_on <= greatest(month, $from_on) - interval '364 days' as has_last_year,
        first_on
        <= least(cast(month + interval '1 month' - interval '1 day' as date), $to_on)
        - interval '364 days' - interval '12 months' + interval '1 day' as has_active_last_year
    from months
    cross join history
),
-- @with overview/everyone_active
everyone_by_month as (
    select
        spans.month,
        changes.sales_channel,
        changes.region,
        sum(changes.change) as active_customers,
        sum(changes.change_once) as active_once
    from spans
    inner join everyone_active as changes on changes.changed_on <= spans.last_day
    group by spans.month, changes.sales_channel, changes.region
),
everyone_by_month_before as (
    select
        spans.month,
        changes.sales_channel,
        changes.region,
        sum(changes.change) as active_customers_last_year,
        sum(changes.change_once) as active_once
    from spans
    inner join everyone_active as changes on changes.changed_on <= spans.last_day - interval '364 days'
    group by spans.month, changes.sales_channel, changes.region
),
everyone_won as (
    select
        cast(date_trunc('month', acquired_on) as date) as month,
        sales_channel,
        region,
        customers as new_customers,
        0 as new_customers_last_year
    from new_customers_by_day
    where acquired_on between $from_on and $to_on
    union all
    select
        cast(date_trunc('month', acquired_on + interval '364 days') as date),
        sales_channel,
        region,
        0,
        customers
    from new_customers_by_day
    where acquired_on between $from_on - interval '364 days' and $to_on - interval '364 days'
),
days as (
    select *, ordered_on as day, false as last_year, $sales_channel is null or sales_channel = $sales_channel as chosen
    from sales_by_day
    where ordered_on between $from_on and $to_on and ($region is null or region = $region)
    union all
    select
        *,
        ordered_on + interval '364 days' as day,
        true as last_year,
        $sales_channel is null or sales_channel = $sales_channel as chosen
    from sales_by_day
    where
        ordered_on between $from_on - interval '364 days' and $to_on - interval '364 days'
        and ($region is null or region = $region)
),
sums as (
    select
        cast(date_trunc('month', day) as date) as month,
        sum(net_revenue) filter (where not last_year and chosen) as net_revenue,
        sum(orders) filter (where not last_year and chosen) as orders,
        sum(order_revenue) filter (where not last_year and chosen) as order_revenue,
        sum(gross_margin) filter (where not last_year and chosen) as gross_margin,
        sum(revenue_with_margin) filter (where not last_year and chosen) as revenue_with_margin,
        sum(net_revenue) filter (where not last_year) as all_channels,
        sum(net_revenue) filter (where not last_year and sales_channel = 'web') as web,
        sum(net_revenue) filter (where last_year and chosen) as net_revenue_last_year,
        sum(orders) filter (where last_year and chosen) as orders_last_year,
        sum(order_revenue) filter (where last_year and chosen) as order_revenue_last_year,
        sum(gross_margin) filter (where last_year and chosen) as gross_margin_last_year,
        sum(revenue_with_margin) filter (where last_year and chosen) as revenue_with_margin_last_year,
        sum(net_revenue) filter (where last_year) as all_channels_last_year,
        sum(net_revenue) filter (where last_year and sales_channel = 'web') as web_last_year
    from days
    group by cast(date_trunc('month', day) as date)
),
active as (
    select
        spans.month,
        sum(changes.change) filter (where changes.changed_on <= spans.last_day) as customers,
        sum(changes.change) filter (
            where changes.changed_on <= spans.last_day - interval '364 days'
        ) as customers_last_year
    from spans
    cross join active_customers_by_day as changes
    where
        changes.by_channel = ($sales_channel is not null)
        and changes.by_region = ($region is not null)
        and ($sales_channel is null or changes.sales_channel = $sales_channel)
        and ($region is null or changes.region = $region)
    group by spans.month
),
won as (
    select
        cast(date_trunc('month', day) as date) as month,
        sum(customers) as customers,
        sum(customers_last_year) as customers_last_year
    from (
        select acquired_on as day, customers, 0 as customers_last_year
        from new_customers_by_day
        where
            acquired_on between $from_on and $to_on
            and ($sales_channel is null or sales_channel = $sales_channel)
            and ($region is null or region = $region)
        union all
        select acquired_on + interval '364 days' as day, 0 as customers, customers as customers_last_year
        from new_customers_by_day
        where
            acquired_on between $from_on - interval '364 days' and $to_on - interval '364 days'
            and ($sales_channel is null or sales_channel = $sales_channel)
            and ($region is null or region = $region)
    )
    group by cast(date_trunc('month', day) as date)
)
select
    spans.month,
    cast(coalesce(sums.net_revenue, 0) as decimal(18, 2)) as net_revenue,
    cast(case when has_last_year then coalesce(sums.net_revenue_last_year, 0) end as decimal(18, 2))
        as net_revenue_last_year,
    coalesce(sums.orders, 0) as orders,
    case when has_last_year then coalesce(sums.orders_last_year, 0) end as orders_last_year,
    coalesce(active.customers, 0) as active_customers,
    case when has_active_last_year then coalesce(active.customers_last_year, 0) end as active_customers_last_year,
    coalesce(won.customers, 0) as new_customers,
    case when has_last_year then coalesce(won.customers_last_year, 0) end as new_customers_last_year,
    cast(cast(order_revenue as double) / nullif(cast(sums.orders as double), 0) as decimal(18, 2)) as basket,
    cast(
        case when has_last_year
            then cast(order_revenue_last_year as double) / nullif(cast(sums.orders_last_year as double), 0)
        end as decimal(18, 2)
    ) as basket_last_year,
    cast(gross_margin as double) / nullif(cast(revenue_with_margin as double), 0) as gross_margin_rate,
    case when has_last_year
        then cast(gross_margin_last_year as double) / nullif(cast(revenue_with_margin_last_year as double), 0)
    end as gross_margin_rate_last_year,
    cast(coalesce(web, 0) as double) / nullif(greatest(cast(all_channels as double), 0), 0) as web_share,
    case when has_last_year
        then cast(coalesce(web_last_year, 0) as double)
            / nullif(greatest(cast(all_channels_last_year as double), 0), 0)
    end as web_share_last_year
from spans
left join sums on sums.month = spans.month
left join active on active.month = spans.month
left join won on won.month = spans.month
order by month
