-- The finding of the revenue map: how few cells make half of the located revenue.
-- Cases: empty (no located sale), few (fewer than ten cells: no statement), concentrated (at most a quarter of the cells make
-- half), spread (more). Cells with too few customers count, but nothing is said about any one of them.
-- @param from_on: date -- first day of the period
-- @param to_on: date -- last day of the period
-- @param sales_channel: text = null -- web, store, post or phone; all when absent
-- @param region: text = null -- region of the customer when ordering; all when absent
-- @param resolution: integer = 7 -- H3 resolution of the cells, 5 to 9 (any up to 9)
-- @column case: text -- empty, few, concentrated or spread
-- @column k: count -- fewest cells that make half of the located revenue
-- @column n: count -- cells with sales
-- @column share: ratio -- k over n
-- @column located_revenue: money -- revenue of all cells drawn at this resolution
-- @column resolution: number -- H3 resolution of the cells
with cells as (
    select
        h3_cell_to_parent(h3_cell, $resolution) as h3_cell,
        sum(net_revenue) as net_revenue
    from sales
    where
        ordered_on between $from_on and $to_on
        and ($sales_channel is null or sales_channel = $sales_channel)
        and ($region is null or region = $region)
        and h3_cell is not null
        and ($resolution <= 7 or by_address)
    group by h3_cell_to_parent(h3_cell, $resolution)
),
running as (
    select
        net_revenue,
        sum(net_revenue) over (
            order by net_revenue desc, h3_cell rows between unbounded preceding and 1 preceding
        ) as larger,
        sum(net_revenue) over () as total
    from cells
),
counts as (
    select
        count(*) as n,
        -- A cell is needed while the larger ones together stay under half.
        count(*) filter (where 2 * coalesce(larger, 0) < total) as k,
        max(total) as total
    from running
)
select
    case
        when n = 0 or total <= 0 then 'empty'
        when n < 10 then 'few'
        when 4 * k <= n then 'concentrated'
        else 'spread'
    end as "case",
    k,
    n,
    cast(k as double) / nullif(cast(n as double), 0) as share,
    cast(coalesce(total, 0) as decimal(18, 2)) as located_revenue,
    $resolution as resolution
from counts
