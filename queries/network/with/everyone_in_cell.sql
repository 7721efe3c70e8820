-- Who bought in a cell, in the period and the same days a year before, of every sales channel or region where one is chosen.
-- @param cell: text -- H3 cell as hexadecimal text
-- @param from_on: date -- first day of the period
-- @param to_on: date -- last day of the period
-- @param sales_channel: text = null -- web, store, post or phone; all when absent
-- @param region: text = null -- region of the customer when ordering; all when absent
sold_to_everyone as (
    select
        ordered_on,
        case when $sales_channel is not null then sales_channel end as sales_channel,
        case when $region is not null then region end as region,
        customer_number,
        orders
    from sales
    where
        ($sales_channel is not null or $region is not null)
        and ordered_on between $from_on - interval '364 days' and $to_on
        and h3_cell >= h3_cell_to_center_child(h3_string_to_h3($cell), 9)
        and h3_cell <= h3_child_pos_to_cell(
            h3_cell_to_children_size(h3_string_to_h3($cell), 9) - 1, h3_string_to_h3($cell), 9
        )
        and (h3_get_resolution(h3_string_to_h3($cell)) <= 7 or by_address)
),
everyone_on_days as (
    select ordered_on as day, false as last_year, sales_channel, region, customer_number, orders
    from sold_to_everyone
    where ordered_on >= $from_on
    union all
    select ordered_on + interval '364 days', true, sales_channel, region, customer_number, orders
    from sold_to_everyone
    where ordered_on <= $to_on - interval '364 days'
)
