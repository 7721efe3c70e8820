-- What was sold in each cell of a resolution, and to how many customers; rows without a cell have what is not located, or not enough.
-- Cells finer than resolution 7 have only orders located by address. A cell of refunds alone has customers that are not known.
-- @param resolution: integer = 7 -- H3 resolution of the cells, 5 to 9 (any up to 9)
-- @with network/sold
-- The same of every sales channel or region where one is chosen, as numbers of customers.
everyone_sold as (
    select
        case when $resolution <= 7 or by_address then h3_cell_to_parent(h3_cell, $resolution) end as h3_cell,
        case when $sales_channel is not null then sales_channel end as sales_channel,
        case when $region is not null then region end as region,
        case when not settled then customer_number end as mover,
        sum(
            case
                when
                    orders = 1 and settled
                    and coalesce(
                        case when $sales_channel is null then previous_on else previous_in_channel_on end < $from_on, true
                    )
                    then 1
                else 0
            end
        ) as settled_customers,
        -- Each of them with one sales channel, that of the first order of the period.
        sum(case when orders = 1 and settled and coalesce(previous_on < $from_on, true) then 1 else 0 end) as settled_once,
        sum(orders) as orders
    from sales
    where
        ($sales_channel is not null or $region is not null)
        and ordered_on between $from_on and $to_on
        and ($sales_channel is null or $region is null or sales_channel = $sales_channel or region = $region)
    group by 1, 2, 3, 4
),
everyone_in_cells as (
    select
        h3_cell,
        sales_channel,
        region,
        nullif(sum(settled_customers) + count(mover) filter (where orders > 0), 0) as customers,
        sum(settled_once) as settled_once
    from everyone_sold
    group by h3_cell, sales_channel, region
),
placed as (
    select
        case when $resolution <= 7 or by_address then h3_cell_to_parent(h3_cell, $resolution) end as h3_cell,
        h3_cell is not null as located,
        mover,
        settled_customers,
        orders,
        net_revenue,
        order_revenue
    from sold
),
customers as (
    select
        h3_cell,
        located,
        mover,
        sum(settled_customers) as settled_customers,
        sum(orders) as orders,
        sum(net_revenue) as net_revenue,
        sum(order_revenue) as order_revenue
    from placed
    group by h3_cell, located, mover
),
cells as (
    select
        h3_cell,
        located,
        -- As aggregates, so that the box is applied to the sums: a filter on the key itself would be moved down, to the place
        -- of every order, and cost more than adding the orders up.
        min(h3_cell_to_lat(h3_cell)) as latitude,
        min(h3_cell_to_lng(h3_cell)) as longitude,
        sum(net_revenue) as net_revenue,
        sum(order_revenue) as order_revenue,
        sum(orders) as orders,
        case
            when h3_cell is not null then nullif(sum(settled_customers) + count(mover) filter (where orders > 0), 0)
        end as customers,
        sum(settled_customers) as settled_customers,
        false as suppressed,
        -- For what all cells have together.
        sum(net_revenue) as sold_revenue,
        sum(orders) as sold_orders,
        sum(settled_customers) + count(mover) filter (where orders > 0) as sold_to
    from customers
    group by h3_cell, located
)
