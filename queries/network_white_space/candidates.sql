-- Places among which the best together are chosen: those that pass the filters, the best 400 by what each adds to the network alone.
-- @param region: text = null -- region of the place; all when absent
-- @param without_region: text = null -- a region left out
-- @param min_sales: number = null -- the least that the store must sell in a year
-- @param max_transfer: number = null -- the most that it may take from the network, in percent of its sales
-- @param most: integer = 400 -- how many places come
-- @column h3_cell: h3 cell -- cell, resolution 7
-- @column latitude: degrees -- latitude of its middle
-- @column longitude: degrees -- longitude of its middle
-- @column commune_code: text -- INSEE code of its commune
-- @column sales_area_m2: m2 -- sales area of the standard store
with wanted as (
    select *
    from site_candidates
    where
        ($region is null or region_key = translate(lower($region), '’''- ', ''))
        and ($without_region is null or coalesce(region_key <> translate(lower($without_region), '’''- ', ''), true))
        and ($min_sales is null or sales >= $min_sales)
        and ($max_transfer is null or coalesce(taken_share, 0) <= $max_transfer / 100.0)
)
select
    h3_cell,
    latitude,
    longitude,
    commune_code,
    sales_area_m2
from wanted
order by rank
limit $most
