-- Places for a standard store that pass the filters, those that add most to the network first. Of neighbours the best stands for all:
-- a place is listed when none within 10 km ranks before it. They are looked for among the 5,000 best cells.
-- @param region: text = null -- region of the place; all when absent
-- @param without_region: text = null -- a region left out
-- @param min_sales: number = null -- the least that the store must sell in a year
-- @param max_transfer: number = null -- the most that it may take from the network, in percent of its sales
-- @param rows: integer = null -- rows wanted, one more than are listed; all when absent
-- @column rank: number -- place among those listed
-- @column h3_cell: h3 cell -- cell, resolution 7
-- @column latitude: degrees -- latitude of its middle
-- @column longitude: degrees -- longitude of its middle
-- @column name: text -- commune
-- @column region: text -- region
-- @column residents: persons -- residents of the cell
-- @column sales_area_m2: m2 -- sales area of the standard store
-- @column sales: money -- what the store would sell in a year
-- @column sales_low_80: money -- 80 % interval; only of the best places
-- @column sales_high_80: money -- 80 % interval
-- @column taken: money -- what it would take from stores of the network
-- @column taken_share: ratio -- of what it would sell
-- @column net_gain: money -- what the network would gain in a year
-- @column net_gain_low_80: money -- 80 % interval; only of the best places
-- @column net_gain_high_80: money -- 80 % interval
-- @column margin: money -- gross margin of the gain, less the fixed cost; empty when a rate or a cost is not known
-- @column nearest_store: text -- nearest store of the network
-- @column nearest_distance: number -- its distance, in the unit of the measure
-- @column distance: text -- how distances are measured: great_circle (km), approximate_time or travel_times (minutes)
-- @column rank_of_all: number -- place among all cells of the market
-- @column change: text -- the opening as addresses of scenarios write it
with wanted as (
    select *
    from site_candidates
    where
        ($region is null or region_key = translate(lower($region), '’''- ', ''))
        and ($without_region is null or coalesce(region_key <> translate(lower($without_region), '’''- ', ''), true))
        and ($min_sales is null or sales >= $min_sales)
        and ($max_transfer is null or coalesce(taken_share, 0) <= $max_transfer / 100.0)
),
best as (
    select * from wanted order by rank limit 5000
),
round_each as (
    select
        rank as other_rank,
        latitude as other_latitude,
        longitude as other_longitude,
        -- Five steps hold all cells within 10 km.
        unnest(h3_grid_disk(h3_cell, 5)) as h3_cell
    from best
),
beaten as (
    select distinct best.h3_cell
    from best
    inner join round_each on round_each.h3_cell = best.h3_cell
    where
        round_each.other_rank < best.rank
        and great_circle_distance_km(best.latitude, best.longitude, other_latitude, other_longitude) < 10
),
places as (
    select best.*
    from best
    left join beaten on beaten.h3_cell = best.h3_cell
    where beaten.h3_cell is null
)
select
    row_number() over (order by rank) as rank,
    h3_cell,
    latitude,
    longitude,
    name,
    region,
    residents,
    sales_area_m2,
    cast(sales as decimal(18, 2)) as sales,
    cast(sales_low_80 as decimal(18, 2)) as sales_low_80,
    cast(sales_high_80 as decimal(18, 2)) as sales_high_80,
    cast(taken as decimal(18, 2)) as taken,
    taken_share,
    cast(net_gain as decimal(18, 2)) as net_gain,
    cast(net_gain_low_80 as decimal(18, 2)) as net_gain_low_80,
    cast(net_gain_high_80 as decimal(18, 2)) as net_gain_high_80,
    cast(margin as decimal(18, 2)) as margin,
    nearest_store,
    nearest_distance,
    coalesce((select max(distance) from huff_models where chosen), 'great_circle') as distance,
    rank as rank_of_all,
    change
from places
order by rank
limit coalesce($rows, 100000)
