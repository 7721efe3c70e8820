-- Sales of the period, and whom each of them counts as a customer.
-- @param from_on: date -- first day of the period
-- @param to_on: date -- last day of the period
-- @param sales_channel: text = null -- web, store, post or phone; all when absent
-- @param region: text = null -- region of the customer when ordering; all when absent
sold as (
    select
        h3_cell,
        by_address,
        -- A settled customer counts with his first order of the period; those who moved are told apart by number.
        case when not settled then customer_number end as mover,
        case
            when
                orders = 1 and settled
                and coalesce(
                    case when $sales_channel is null then previous_on else previous_in_channel_on end < $from_on, true
                )
                then 1
            else 0
        end as settled_customers,
        orders,
        net_revenue,
        order_revenue
    from sales
    where
        ordered_on between $from_on and $to_on
        and ($sales_channel is null or sales_channel = $sales_channel)
        and ($region is null or region = $region)
)
