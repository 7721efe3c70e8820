-- One cell of the revenue map, against the same days a year before (minus 364 days).
-- Figures of a period with too few customers are left empty, for each of the two periods on its own.
-- @small customers in sums: net_revenue, order_revenue, orders, customers, suppressed = true
-- @across sales_channel, region: everyone_this_year once first_customers
-- @small customers_last_year in sums: net_revenue_last_year, order_revenue_last_year, orders_last_year, customers_last_year
-- @across sales_channel, region: everyone_last_year once first_customers
-- @column h3_cell: h3 cell -- cell
-- @column resolution: number -- its H3 resolution
-- @column latitude: degrees -- latitude of its centre
-- @column longitude: degrees -- longitude of its centre
-- @column area_km2: km2 -- its area
-- @column suppressed: boolean -- whether it has too few customers to carry a figure
-- @column net_revenue: money -- without VAT and shipping, refunds taken off
-- @column net_revenue_last_year: money -- the same a year before
-- @column net_revenue_change: change -- relative change
-- @column orders: count -- orders, refunds not counted
-- @column orders_last_year: count -- the same a year before
-- @column orders_change: change -- relative change
-- @column customers: count -- distinct customers with an order
-- @column customers_last_year: count -- the same a year before
-- @column customers_change: change -- relative change
-- @column basket: money -- net revenue of an order, before refunds
-- @column basket_last_year: money -- the same a year before
-- @column basket_change: change -- relative change
-- @column households: count -- households that live in the cell
-- @column revenue_per_household: money -- net revenue over households
-- @column revenue_per_household_last_year: money -- the same a year before
with history as (
    select coalesce(min(first_on) <= $from_on - interval '364 days', false) as has_last_year
    from order_sources
),
-- @with network/sold_in_cell
-- @with network/everyone_in_cell
everyone_by_year as (
    select
        last_year,
        sales_channel,
        region,
        customer_number,
        sum(orders) as orders,
        -- Each customer in one row of a year.
        row_number() over (partition by last_year, customer_number order by sum(orders) = 0, sales_channel, region) as place
    from everyone_on_days
    group by last_year, sales_channel, region, customer_number
),
everyone_this_year as (
    select
        sales_channel,
        region,
        nullif(count(customer_number) filter (where orders > 0), 0) as customers,
        count(customer_number) filter (where orders > 0 and place = 1) as first_customers
    from everyone_by_year
    where not last_year
    group by sales_channel, region
),
everyone_last_year as (
    select
        sales_channel,
        region,
        nullif(count(customer_number) filter (where orders > 0), 0) as customers_last_year,
        count(customer_number) filter (where orders > 0 and place = 1) as first_customers
    from everyone_by_year
    where last_year
    group by sales_channel, region
),
years as (
    select *, ordered_on >= $from_on as this_year, ordered_on <= $to_on - interval '364 days' as last_year
    from sold
),
sums as (
    select
        coalesce(sum(net_revenue) filter (where this_year), 0) as net_revenue,
        coalesce(sum(order_revenue) filter (where this_year), 0) as order_revenue,
        coalesce(sum(orders) filter (where this_year), 0) as orders,
        nullif(count(distinct case when this_year and orders = 1 then customer_number end), 0) as customers,
        false as suppressed,
        coalesce(sum(net_revenue) filter (where last_year), 0) as net_revenue_last_year,
        coalesce(sum(order_revenue) filter (where last_year), 0) as order_revenue_last_year,
        coalesce(sum(orders) filter (where last_year), 0) as orders_last_year,
        nullif(count(distinct case when last_year and orders = 1 then customer_number end), 0) as customers_last_year
    from years
),
market as (
    select cast(sum(cast(households as decimal(18, 3))) as double) as households
    from market_cells
    where h3_cell_to_parent(h3_cell, h3_get_resolution(h3_string_to_h3($cell))) = h3_string_to_h3($cell)
),
judged as (
    select
        sums.*,
        market.households,
        has_last_year
    from sums
    cross join market
    cross join history
),
figures as (
    select
        households,
        suppressed,
        cast(net_revenue as double) as net_revenue,
        orders,
        customers,
        cast(order_revenue as double) / nullif(cast(orders as double), 0) as basket,
        case when has_last_year then cast(net_revenue_last_year as double) end as net_revenue_last_year,
        case when has_last_year then orders_last_year end as orders_last_year,
        case when has_last_year then customers_last_year end as customers_last_year,
        case when has_last_year
            then cast(order_revenue_last_year as double) / nullif(cast(orders_last_year as double), 0)
        end as basket_last_year
    from judged
)
select
    h3_string_to_h3($cell) as h3_cell,
    h3_get_resolution(h3_string_to_h3($cell)) as resolution,
    h3_cell_to_lat(h3_string_to_h3($cell)) as latitude,
    h3_cell_to_lng(h3_string_to_h3($cell)) as longitude,
    h3_cell_area(h3_string_to_h3($cell), 'km^2') as area_km2,
    suppressed,
    cast(net_revenue as decimal(18, 2)) as net_revenue,
    cast(net_revenue_last_year as decimal(18, 2)) as net_revenue_last_year,
    case when net_revenue_last_year > 0 then net_revenue / net_revenue_last_year - 1 end as net_revenue_change,
    orders,
    orders_last_year,
    case when orders_last_year > 0 then cast(orders as double) / cast(orders_last_year as double) - 1
    end as orders_change,
    customers,
    customers_last_year,
    case when customers_last_year > 0 then cast(customers as double) / cast(customers_last_year as double) - 1
    end as customers_change,
    cast(basket as decimal(18, 2)) as basket,
    cast(basket_last_year as decimal(18, 2)) as basket_last_year,
    case when basket_last_year > 0 then basket / basket_last_year - 1 end as basket_change,
    households,
    cast(case when households > 0 then net_revenue / households end as decimal(18, 2)) as revenue_per_household,
    cast(case when households > 0 then net_revenue_last_year / households end as decimal(18, 2))
        as revenue_per_household_last_year
from figures
