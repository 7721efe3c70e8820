-- Places for a standard store, as `white_space` ranks them, with names, and with regions that can be compared.
-- Grain: one row per H3 cell (resolution 7) with residents.
-- @column h3_cell: h3 cell -- cell, resolution 7
-- @column latitude: degrees -- latitude of its middle
-- @column longitude: degrees -- longitude of its middle
-- @column name: text -- commune whose residents dominate it; its code when the name is not known
-- @column commune_code: text -- INSEE code of it
-- @column region: text -- region
-- @column region_key: text -- region without capitals, apostrophes, hyphens and spaces: sources write them differently
-- @column residents: persons -- residents of the cell
-- @column sales_area_m2: m2 -- sales area of the standard store
-- @column sales: money a year -- what the store would sell
-- @column sales_low_80: money a year -- 80 % interval
-- @column sales_high_80: money a year -- 80 % interval
-- @column taken: money a year -- what it would take from stores of the network
-- @column taken_share: ratio -- of what it would sell
-- @column net_gain: money a year -- what the network would gain
-- @column net_gain_low_80: money a year -- 80 % interval
-- @column net_gain_high_80: money a year -- 80 % interval
-- @column margin: money a year -- gross margin of the gain, less the fixed cost
-- @column nearest_store_id: text -- nearest store of the network
-- @column nearest_store: text -- its name
-- @column nearest_distance: number -- its distance
-- @column rank: number -- place among all cells by net gain
-- @column change: text -- the opening as addresses of scenarios write it
select
    white_space.h3_cell,
    h3_cell_to_lat(white_space.h3_cell) as latitude,
    h3_cell_to_lng(white_space.h3_cell) as longitude,
    coalesce(commune_name(white_space.commune_code), white_space.commune_code) as name,
    white_space.commune_code,
    white_space.region,
    translate(lower(white_space.region), '’''- ', '') as region_key,
    white_space.residents,
    white_space.sales_area_m2,
    white_space.sales,
    white_space.sales_low_80,
    white_space.sales_high_80,
    white_space.taken,
    white_space.taken / nullif(white_space.sales, 0) as taken_share,
    white_space.net_gain,
    white_space.net_gain_low_80,
    white_space.net_gain_high_80,
    white_space.margin,
    white_space.nearest_store_id,
    coalesce(stores.name, white_space.nearest_store_id) as nearest_store,
    white_space.nearest_distance,
    white_space.rank,
    concat(
        'open:',
        cast(cast(h3_cell_to_lat(white_space.h3_cell) as decimal(9, 5)) as varchar), ',',
        cast(cast(h3_cell_to_lng(white_space.h3_cell) as decimal(9, 5)) as varchar), ',',
        cast(cast(round(white_space.sales_area_m2) as bigint) as varchar), ':',
        coalesce(commune_name(white_space.commune_code), white_space.commune_code, 'site')
    ) as change
from white_space
left join stores on stores.store_id = white_space.nearest_store_id
