-- Sales in a cell, in the period and the same days a year before.
-- @param cell: text -- H3 cell as hexadecimal text
-- @param from_on: date -- first day of the period
-- @param to_on: date -- last day of the period
-- @param sales_channel: text = null -- web, store, post or phone; all when absent
-- @param region: text = null -- region of the customer when ordering; all when absent
sold as (
    select *
    from sales
    where
        ordered_on between $from_on - interval '364 days' and $to_on
        and ($sales_channel is null or sales_channel = $sales_channel)
        and ($region is null or region = $region)
        -- The cells of resolution 9 in a cell are a range of numbers, which skips most of the stored rows.
        and h3_cell >= h3_cell_to_center_child(h3_string_to_h3($cell), 9)
        and h3_cell <= h3_child_pos_to_cell(
            h3_cell_to_children_size(h3_string_to_h3($cell), 9) - 1, h3_string_to_h3($cell), 9
        )
        and (h3_get_resolution(h3_string_to_h3($cell)) <= 7 or by_address)
)
