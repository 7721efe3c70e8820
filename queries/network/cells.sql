-- Revenue map: the cells of a view with their figures.
-- A cell with too few customers carries no figure. Resolutions finer than 7 draw only orders located by
-- address; located_summary states the rest. Households are known down to resolution 8. A customer counts in each cell from
-- which he ordered in the period. Without a box all cells come.
-- @param south: number = null -- southern edge of the box, degrees; open on the sides that are absent
-- @param north: number = null -- northern edge
-- @param west: number = null -- western edge
-- @param east: number = null -- eastern edge
-- @small customers by h3_cell in cells: net_revenue, order_revenue, orders, customers, suppressed = true
-- @across sales_channel, region: everyone_in_cells once settled_once
-- @together once settled_customers
-- @column h3_cell: h3 cell -- cell
-- @column latitude: degrees -- latitude of its centre
-- @column longitude: degrees -- longitude of its centre
-- @column suppressed: boolean -- whether it has too few customers to carry a figure
-- @column net_revenue: money -- without VAT and shipping, refunds taken off
-- @column orders: count -- orders, refunds not counted
-- @column customers: count -- distinct customers with an order
-- @column basket: money -- net revenue of an order, before refunds
-- @column households: count -- households that live in the cell
-- @column revenue_per_household: money -- net revenue over households
-- @column penetration: ratio -- customers over households
-- @column spend_potential: money -- what its residents could spend on the retailer's goods in the days of the period
-- @column share_of_potential: ratio -- net revenue over that
with
-- @with network/in_cells
market as (
    select
        h3_cell_to_parent(h3_cell, $resolution) as h3_cell,
        cast(sum(cast(households as decimal(18, 3))) as double) as households,
        cast(sum(cast(spend_potential as decimal(18, 2))) as double) * (cast($to_on - $from_on as bigint) + 1) / 365.0
            as spend_potential
    from market_cells
    where h3_cell_to_parent(h3_cell, $resolution) is not null
    group by h3_cell_to_parent(h3_cell, $resolution)
),
judged as (
    select
        cells.*,
        market.households,
        market.spend_potential
    from cells
    left join market on market.h3_cell = cells.h3_cell
    where
        cells.h3_cell is not null
        and ($south is null or cells.latitude >= $south)
        and ($north is null or cells.latitude <= $north)
        and ($west is null or cells.longitude >= $west)
        and ($east is null or cells.longitude <= $east)
)
select
    h3_cell,
    latitude,
    longitude,
    suppressed,
    cast(net_revenue as decimal(18, 2)) as net_revenue,
    orders,
    case when not suppressed then coalesce(customers, 0) end as customers,
    cast(cast(order_revenue as double) / nullif(cast(orders as double), 0) as decimal(18, 2)) as basket,
    households,
    cast(case when households > 0 then cast(net_revenue as double) / households end as decimal(18, 2)) as revenue_per_household,
    case when households > 0 then cast(customers as double) / households end as penetration,
    cast(case when not suppressed then spend_potential end as decimal(18, 2)) as spend_potential,
    case when spend_potential > 0 then cast(net_revenue as double) / spend_potential end
        as share_of_potential
from judged
order by h3_cell
