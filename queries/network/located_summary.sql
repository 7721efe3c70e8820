-- What the revenue map draws and what it leaves out, for all cells of a resolution.
-- shown + hidden + coarse + unlocated = total, to the cent; the total is that of the overview under the same filters.
-- Hidden cells have fewer than min_group_size customers. Coarse orders are located by commune only and are not drawn at
-- resolutions finer than 7.
-- @param resolution: integer = 7 -- H3 resolution of the cells, 5 to 9 (any up to 9)
-- @param min_group_size: integer = 11 -- cells with fewer customers carry no figure; 0 hides none
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
-- @with network/sold
placed as (
    select
        case
            when $resolution <= 7 or by_address
                then h3_cell_to_parent(h3_cell, $resolution)
        end as cell,
        h3_cell is not null as located,
        mover,
        settled_customers,
        orders,
        net_revenue
    from sold
),
customers as (
    select
        cell,
        located,
        mover,
        sum(settled_customers) as settled_customers,
        sum(orders) as orders,
        sum(net_revenue) as net_revenue
    from placed
    group by cell, located, mover
),
cells as (
    select
        cell,
        located,
        sum(orders) as orders,
        sum(net_revenue) as net_revenue,
        sum(settled_customers) + count(mover) filter (where orders > 0) as customers
    from customers
    group by cell, located
),
judged as (
    select
        *,
        case
            when not located then 'unlocated'
            when cell is null then 'coarse'
            when customers < $min_group_size then 'hidden'
            else 'shown'
        end as kind
    from cells
),
sums as (
    select
        coalesce(sum(net_revenue), 0) as net_revenue,
        coalesce(sum(net_revenue) filter (where located), 0) as located_revenue,
        coalesce(sum(net_revenue) filter (where kind = 'unlocated'), 0) as unlocated_revenue,
        coalesce(sum(net_revenue) filter (where kind = 'coarse'), 0) as coarse_revenue,
        coalesce(sum(net_revenue) filter (where kind = 'shown'), 0) as shown_revenue,
        coalesce(sum(net_revenue) filter (where kind = 'hidden'), 0) as hidden_revenue,
        count(cell) as cells,
        count(*) filter (where kind = 'shown') as shown_cells,
        count(*) filter (where kind = 'hidden') as hidden_cells,
        coalesce(sum(orders), 0) as orders,
        coalesce(sum(orders) filter (where located), 0) as located_orders,
        coalesce(sum(orders) filter (where kind = 'unlocated'), 0) as unlocated_orders,
        coalesce(sum(orders) filter (where kind = 'coarse'), 0) as coarse_orders,
        coalesce(sum(orders) filter (where kind = 'shown'), 0) as shown_orders,
        coalesce(sum(orders) filter (where kind = 'hidden'), 0) as hidden_orders
    from judged
)
select
    cast(net_revenue as decimal(18, 2)) as net_revenue,
    cast(located_revenue as decimal(18, 2)) as located_revenue,
    cast(unlocated_revenue as decimal(18, 2)) as unlocated_revenue,
    cast(coarse_revenue as decimal(18, 2)) as coarse_revenue,
    cast(shown_revenue as decimal(18, 2)) as shown_revenue,
    cast(hidden_revenue as decimal(18, 2)) as hidden_revenue,
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
from sums
