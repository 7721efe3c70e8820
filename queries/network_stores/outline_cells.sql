-- The cells of the rings that hold 50, 80 and 95 % of each store's located revenue.
-- @param region: text = null -- region in which the store stands; all when absent
-- @param store_id: text = null -- store; all when absent
-- @param years_ago: integer = 0 -- 12 months so many years before the last ones
-- @column store_id: text -- store
-- @column ring: percent -- narrowest ring that holds the cell: 50, 80 or 95
-- @column h3_cell: h3 cell -- cell, resolution 7
select
    catchments.store_id,
    cast(catchments.ring as bigint) as ring,
    catchments.h3_cell
from catchments
left join stores on stores.store_id = catchments.store_id
where
    catchments.ring <= 95
    and catchments.years_ago = $years_ago
    and ($region is null or stores.region = $region)
    and ($store_id is null or catchments.store_id = $store_id)
order by 1, 2, 3
