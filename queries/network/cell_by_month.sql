-- One cell of the revenue map per month, beside the same days a year before (minus 364 days).
-- A month with too few customers carries no figure, nor does a month of last year.
-- @small customers by month: suppressed = true, net_revenue
-- @across sales_channel, region: everyone_this_year once first_customers
-- @together once first_customers
-- @small customers_last_year by month: last_year
-- @across sales_channel, region: everyone_last_year once first_customers
-- @together once first_customers_last_year
-- @column month: month -- first day of the month
-- @column suppressed: boolean -- whether the month has too few customers to carry a figure
-- @column net_revenue: money -- without VAT and shipping, refunds taken off
-- @column last_year: money -- the same days a year before
with
-- @with overview/months
-- @with network/sold_in_cell
-- @with network/everyone_in_cell
everyone_by_month as (
    select
        cast(date_trunc('month', day) as date) as month,
        last_year,
        sales_channel,
        region,
        customer_number,
        sum(orders) as orders,
        -- Each customer in one row of a month.
        row_number() over (
            partition by cast(date_trunc('month', day) as date), last_year, customer_number
            order by sum(orders) = 0, sales_channel, region
        ) as place
    from everyone_on_days
    group by cast(date_trunc('month', day) as date), last_year, sales_channel, region, customer_number
),
everyone_this_year as (
    select
        month,
        sales_channel,
        region,
        nullif(count(customer_number) filter (where orders > 0), 0) as customers,
        count(customer_number) filter (where orders > 0 and place = 1) as first_customers
    from everyone_by_month
    where not last_year
    group by month, sales_channel, region
),
everyone_last_year as (
    select
        month,
        sales_channel,
        region,
        nullif(count(customer_number) filter (where orders > 0), 0) as customers_last_year,
        count(customer_number) filter (where orders > 0 and place = 1) as first_customers
    from everyone_by_month
    where last_year
    group by month, sales_channel, region
),
days as (
    select ordered_on as day, false as last_year, customer_number, orders, net_revenue
    from sold
    where ordered_on >= $from_on
    union all
    select ordered_on + interval '364 days', true, customer_number, orders, net_revenue
    from sold
    where ordered_on <= $to_on - interval '364 days'
),
bought as (
    select
        cast(date_trunc('month', day) as date) as month,
        last_year,
        customer_number,
        sum(net_revenue) as net_revenue,
        sum(orders) as orders,
        -- Each customer in one month of a year.
        row_number() over (
            partition by last_year, customer_number order by sum(orders) = 0, cast(date_trunc('month', day) as date)
        ) as place
    from days
    group by cast(date_trunc('month', day) as date), last_year, customer_number
),
sums as (
    select
        month,
        sum(net_revenue) filter (where not last_year) as net_revenue,
        count(customer_number) filter (where not last_year and orders > 0) as customers,
        count(customer_number) filter (where not last_year and orders > 0 and place = 1) as first_customers,
        sum(net_revenue) filter (where last_year) as last_year,
        count(customer_number) filter (where last_year and orders > 0) as customers_last_year,
        count(customer_number) filter (where last_year and orders > 0 and place = 1) as first_customers_last_year
    from bought
    group by month
)
select
    months.month,
    sums.net_revenue is null as suppressed,
    cast(sums.net_revenue as decimal(18, 2)) as net_revenue,
    cast(
        case when first_on <= greatest(months.month, $from_on) - interval '364 days' then sums.last_year end
        as decimal(18, 2)
    ) as last_year,
    -- Nobody where nothing was sold; of refunds alone it is not known whose they are.
    case when sums.net_revenue is null then 0 else nullif(sums.customers, 0) end as customers,
    sums.first_customers,
    case when sums.last_year is null then 0 else nullif(sums.customers_last_year, 0) end as customers_last_year,
    sums.first_customers_last_year
from months
cross join history
left join sums on sums.month = months.month
order by month
