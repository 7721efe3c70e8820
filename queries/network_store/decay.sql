-- How the custom of a store falls with distance: penetration by band, and sales against what the model expects.
-- Bands of too few customers, but not of none, carry no figure of them.
-- @param store_id: text -- store
-- @small customers by from_distance in bands: suppressed = true, customers, penetration, penetration_low, penetration_high, net_revenue
-- @together
-- @column from_distance: number -- nearest distance of the band
-- @column to_distance: number -- farthest distance, not included
-- @column band: text -- both, as a label
-- @column distance: text -- how distances are measured: great_circle (km), approximate_time or travel_times (minutes)
-- @column suppressed: boolean -- whether it has too few customers to carry a figure
-- @column households: households -- households of the market
-- @column customers: count -- customers of the store
-- @column penetration: ratio -- customers over households
-- @column penetration_low: ratio -- 95 % interval of it
-- @column penetration_high: ratio -- 95 % interval of it
-- @column net_revenue: money -- the store's sales to them
-- @column expected_revenue: money -- what the model expects, the store's own effect included
with unit as (
    select coalesce(max(distance), (select max(measure) from store_catchments), 'great_circle') as distance from huff_models where chosen
),
bands as (
    select
        *,
        false as suppressed
    from distance_decay
    where store_id = $store_id
)
select
    bands.from_distance,
    bands.to_distance,
    concat(cast(cast(bands.from_distance as bigint) as text), '–', cast(cast(bands.to_distance as bigint) as text)) as band,
    unit.distance,
    bands.suppressed,
    bands.households,
    bands.customers,
    bands.penetration,
    bands.penetration_low,
    bands.penetration_high,
    bands.net_revenue,
    cast(bands.expected_revenue as decimal(18, 2)) as expected_revenue
from bands
cross join unit
order by bands.from_distance
