-- What the revenue map draws and what it leaves out, for all cells of a resolution.
-- shown + hidden + coarse + unlocated = total, to the cent; the total is that of the overview under the same filters.
-- Hidden cells have too few customers; what is hidden, coarse or unlocated is empty where it has too few itself. Coarse orders are located by commune only and are not drawn at
-- resolutions finer than 7.
-- @small customers by h3_cell in cells: net_revenue, order_revenue, orders, customers, suppressed = true
-- @across sales_channel, region: everyone_in_cells once settled_once
-- @together once settled_customers
-- @small customers by kind in parts: net_revenue, orders
-- @together once settled_customers
-- @column net_revenue: money -- all sales under the filters
-- @column located_revenue: money -- sales with a known place, drawn or not
-- @column unlocated_revenue: money -- sales without a known place
-- @column coarse_revenue: money -- sales located by commune only, when the resolution is finer than 7
-- @column shown_revenue: money -- in cells with a figure
-- @column hidden_revenue: money -- in cells without a figure
-- @column hidden_share: ratio -- hidden and coarse in located revenue
-- @column unlocated_share: ratio -- unlocated in all sales
-- @column cells: count -- cells with sales
-- @column shown_cells: count -- cells with a figure
-- @column hidden_cells: count -- cells without a figure
-- @column orders: count -- orders under the filters, refunds not counted
-- @column located_orders: count -- orders with a known place
-- @column unlocated_orders: count -- orders without a known place
-- @column coarse_orders: count -- orders located by commune only, when the resolution is finer than 7
-- @column shown_orders: count -- orders in cells with a figure
-- @column hidden_orders: count -- orders in cells without a figure
with
-- @with network/in_cells
elsewhere as (
    select
        case when located then 'coarse' else 'unlocated' end as kind,
        settled_customers,
        sold_to as customers,
        sold_orders as orders,
        sold_revenue as net_revenue
    from cells
    where h3_cell is null
),
sums as (
    select
        coalesce(sum(sold_revenue), 0) as net_revenue,
        coalesce(sum(sold_orders), 0) as orders,
        count(h3_cell) as cells,
        count(h3_cell) filter (where not suppressed) as shown_cells,
        count(h3_cell) filter (where suppressed) as hidden_cells,
        coalesce(sum(net_revenue) filter (where h3_cell is not null), 0) as shown_revenue,
        coalesce(sum(orders) filter (where h3_cell is not null), 0) as shown_orders,
        coalesce(sum(sold_revenue) filter (where h3_cell is not null and suppressed), 0) as hidden_revenue,
        coalesce(sum(sold_orders) filter (where h3_cell is not null and suppressed), 0) as hidden_orders,
        -- At least so many: those who moved may be in several cells.
        greatest(
            coalesce(sum(settled_customers) filter (where h3_cell is not null and suppressed), 0),
            coalesce(max(sold_to) filter (where h3_cell is not null and suppressed), 0)
        ) as hidden_customers
    from cells
),
found as (
    select
        'hidden' as kind,
        hidden_customers as settled_customers,
        case when hidden_cells = 0 then 0 else nullif(hidden_customers, 0) end as customers,
        hidden_orders as orders,
        hidden_revenue as net_revenue
    from sums
    union all
    select kind, settled_customers, nullif(customers, 0), orders, net_revenue
    from elsewhere
    union all
    select kinds.kind, 0, 0, 0, 0
    from (values ('unlocated'), ('coarse')) as kinds (kind)
    where kinds.kind not in (select kind from elsewhere)
),
parts as (
    select
        kind,
        settled_customers,
        customers,
        cast(orders as bigint) as orders,
        cast(net_revenue as decimal(18, 2)) as net_revenue
    from found
),
known as (
    select
        max(net_revenue) filter (where kind = 'hidden') as hidden_revenue,
        max(net_revenue) filter (where kind = 'unlocated') as unlocated_revenue,
        max(net_revenue) filter (where kind = 'coarse') as coarse_revenue,
        max(orders) filter (where kind = 'hidden') as hidden_orders,
        max(orders) filter (where kind = 'unlocated') as unlocated_orders,
        max(orders) filter (where kind = 'coarse') as coarse_orders
    from parts
),
figures as (
    select
        sums.net_revenue,
        sums.orders,
        sums.cells,
        sums.shown_cells,
        sums.hidden_cells,
        sums.shown_revenue,
        sums.shown_orders,
        known.*,
        sums.net_revenue - known.unlocated_revenue as located_revenue,
        sums.orders - known.unlocated_orders as located_orders
    from sums
    cross join known
)
select
    cast(net_revenue as decimal(18, 2)) as net_revenue,
    cast(located_revenue as decimal(18, 2)) as located_revenue,
    unlocated_revenue,
    coarse_revenue,
    cast(shown_revenue as decimal(18, 2)) as shown_revenue,
    hidden_revenue,
    cast(hidden_revenue + coarse_revenue as double) / nullif(cast(located_revenue as double), 0) as hidden_share,
    cast(unlocated_revenue as double) / nullif(cast(net_revenue as double), 0) as unlocated_share,
    cells,
    shown_cells,
    hidden_cells,
    orders,
    located_orders,
    unlocated_orders,
    coarse_orders,
    shown_orders,
    hidden_orders
from figures
