-- What stores sold to the residents of each cell of the market, and all other sales, in spans between two changes of the network.
-- Places known by commune alone count as unknown: they stand in its middle and would bend the distances.
-- @param from_on: date -- first day
-- @param to_on: date -- last day
-- @column sales_channel: text -- web, store, post or phone
-- @column store_id: text -- store, for store sales
-- @column h3_cell: h3 cell -- cell of the customer when ordering, resolution 8; empty when unknown, and for other channels
-- @column span: number -- how many days of openings and closings lie between the first day and the order
-- @column net_revenue: money -- sales, refunds taken off
with changes as (
    select opened_on as changed_on from stores where opened_on > $from_on and opened_on <= $to_on
    union
    select closed_on + interval '1 day' from stores where closed_on >= $from_on and closed_on < $to_on
),
days as (
    select distinct ordered_on from sales where ordered_on between $from_on and $to_on
),
spans as (
    select days.ordered_on, count(changes.changed_on) as span
    from days
    left join changes on changes.changed_on <= days.ordered_on
    group by days.ordered_on
),
placed as (
    select
        sales.sales_channel,
        sales.store_id,
        case
            when sales.sales_channel = 'store' and sales.by_address
                then h3_cell_to_parent(sales.h3_cell, 8)
        end as h3_cell,
        spans.span,
        sales.net_revenue
    from sales
    inner join spans on spans.ordered_on = sales.ordered_on
    where sales.ordered_on between $from_on and $to_on
)
select
    sales_channel,
    store_id,
    h3_cell,
    span,
    sum(net_revenue) as net_revenue
from placed
group by sales_channel, store_id, h3_cell, span
order by sales_channel, store_id, h3_cell nulls first, span
