-- Places for a standard store that pass the filters, those that add most to the network first. Of neighbours the best stands for all:
-- a place is listed when none within 10 km ranks before it. They are looked for among the 5,000 best cells.
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
with
-- @with network_white_space/wanted
-- @with network_white_space/places
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
