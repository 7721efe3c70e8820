-- Where the customers of a cell buy: stores, and the other sales channels beside them.
-- Stores or channels with too few customers from the cell are put together in the last row; that row carries no figure when even
-- together they have too few. Shares are of the cell's net revenue.
-- @param cell: text -- H3 cell as hexadecimal text
-- @param from_on: date -- first day of the period
-- @param to_on: date -- last day of the period
-- @param sales_channel: text = null -- web, store, post or phone; all when absent
-- @param region: text = null -- region of the customer when ordering; all when absent
-- @small customers by sales_channel, store_id in places: small = true
-- @across region: everyone_in_places once first_customers
-- @together once first_customers
-- @small customers by sales_channel, store_id in places: small = true
-- @together per sales_channel once first_customers
-- @small customers by sales_channel, store_id: suppressed = true, net_revenue, share, orders, customers
-- @column sales_channel: text -- store, web, post or phone; empty for the row of those put together
-- @column store_id: text -- store; empty for other channels
-- @column name: text -- name of the store
-- @column places: count -- stores or channels in the row
-- @column suppressed: boolean -- whether the row has too few customers to carry a figure
-- @column net_revenue: money -- without VAT and shipping, refunds taken off
-- @column share: ratio -- share of the cell's net revenue
-- @column orders: count -- orders, refunds not counted
-- @column customers: count -- distinct customers with an order
-- @column distance_km: km -- from the cell's centre to the store
with everyone as (
    select
        sales_channel,
        store_id,
        region,
        customer_number,
        sum(net_revenue) as net_revenue,
        sum(orders) as orders
    from sales
    where
        ordered_on between $from_on and $to_on
        -- The cells of resolution 9 in a cell are a range of numbers, which skips most of the stored rows.
        and h3_cell >= h3_cell_to_center_child(h3_string_to_h3($cell), 9)
        and h3_cell <= h3_child_pos_to_cell(
            h3_cell_to_children_size(h3_string_to_h3($cell), 9) - 1, h3_string_to_h3($cell), 9
        )
        and (h3_get_resolution(h3_string_to_h3($cell)) <= 7 or by_address)
    group by sales_channel, store_id, region, customer_number
),
-- Each customer of a store or channel in one region.
everyone_in_places as (
    select
        sales_channel,
        store_id,
        region,
        nullif(count(customer_number) filter (where orders > 0), 0) as customers,
        count(customer_number) filter (where orders > 0 and place = 1) as first_customers
    from (
        select
            *,
            row_number() over (partition by sales_channel, store_id, customer_number order by orders = 0, region) as place
        from everyone
    ) as placed
    group by sales_channel, store_id, region
),
-- Of all sales channels, so that what is put together is the same whichever is chosen.
sold as (
    select
        sales_channel,
        store_id,
        customer_number,
        sum(net_revenue) as net_revenue,
        sum(orders) as orders,
        row_number() over (partition by customer_number order by sum(orders) = 0, sales_channel, store_id) as place
    from everyone
    where $region is null or region = $region
    group by sales_channel, store_id, customer_number
),
places as (
    select
        sales_channel,
        store_id,
        nullif(count(customer_number) filter (where orders > 0), 0) as customers,
        count(customer_number) filter (where orders > 0 and place = 1) as first_customers,
        false as small
    from sold
    group by sales_channel, store_id
),
sorted as (
    select
        case when not places.small then sold.sales_channel end as sales_channel,
        case when not places.small then sold.store_id end as store_id,
        places.small,
        sold.sales_channel as own_channel,
        sold.store_id as own_store,
        sold.customer_number,
        sold.net_revenue,
        sold.orders
    from sold
    inner join places
        on
            places.sales_channel = sold.sales_channel
            and places.store_id is not distinct from sold.store_id
    where $sales_channel is null or sold.sales_channel = $sales_channel
),
sums as (
    select
        small,
        sales_channel,
        store_id,
        count(distinct concat(own_channel, ' ', coalesce(own_store, ''))) as places,
        sum(net_revenue) as net_revenue,
        sum(orders) as orders,
        nullif(count(distinct case when orders > 0 then customer_number end), 0) as customers
    from sorted
    group by small, sales_channel, store_id
),
figures as (
    select
        *,
        row_number() over (order by net_revenue desc, sales_channel, store_id) as rank_by_revenue,
        cast(net_revenue as double) / nullif(greatest(cast(sum(net_revenue) over () as double), 0), 0) as share
    from sums
)
select
    figures.sales_channel,
    figures.store_id,
    case when figures.store_id is not null then coalesce(stores.name, figures.store_id) end as name,
    figures.places,
    false as suppressed,
    cast(figures.net_revenue as decimal(18, 2)) as net_revenue,
    figures.share,
    figures.orders,
    figures.customers,
    great_circle_distance_km(
        h3_cell_to_lat(h3_string_to_h3($cell)),
        h3_cell_to_lng(h3_string_to_h3($cell)),
        stores.latitude,
        stores.longitude
    ) as distance_km,
    figures.small,
    figures.rank_by_revenue
from figures
left join stores on stores.store_id = figures.store_id
order by small, rank_by_revenue
