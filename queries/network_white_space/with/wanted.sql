-- Places for a standard store that pass the filters.
-- @param region: text = null -- region of the place; all when absent
-- @param without_region: text = null -- a region left out
-- @param min_sales: number = null -- the least that the store must sell in a year
-- @param max_transfer: number = null -- the most that it may take from the network, in percent of its sales
wanted as (
    select *
    from site_candidates
    where
        ($region is null or region_key = translate(lower($region), '’''- ', ''))
        and ($without_region is null or coalesce(region_key <> translate(lower($without_region), '’''- ', ''), true))
        and ($min_sales is null or sales >= $min_sales)
        and ($max_transfer is null or coalesce(taken_share, 0) <= $max_transfer / 100.0)
)
