-- The finding of the parameters: what twice the distance and twice the area do to the attraction of a store.
-- Cases: none (no parameter), area (with an exponent of the sales area), distance (without).
-- @column case: text -- none, area or distance
-- @column distance: text -- how distances are measured: great_circle (km), approximate_time or travel_times (minutes)
-- @column divided: number -- attraction at distance 10 over that at distance 20
-- @column divided_low: number -- 95 % interval
-- @column divided_high: number -- 95 % interval
-- @column multiplied: number -- attraction of a store of twice the area over that of the store
-- @column multiplied_low: number -- 95 % interval
-- @column multiplied_high: number -- 95 % interval
with used as (
    select
        coalesce(max(distance), (select max(measure) from store_catchments), 'great_circle') as distance,
        -- By how much the distance grows from 10 to 20, as the form takes it.
        max(
            case decay
                when 'power' then ln(2.0)
                when 'exponential' then 10.0
                when 'sqrt-exponential' then sqrt(20.0) - sqrt(10.0)
                when 'gaussian' then 300.0
            end
        ) as step
    from huff_models
    where chosen
),
pulls as (
    select
        max(value) filter (where parameter = 'distance_decay') as decay,
        max(low_95) filter (where parameter = 'distance_decay') as decay_low,
        max(high_95) filter (where parameter = 'distance_decay') as decay_high,
        max(value) filter (where parameter = 'attraction.sales_area_m2') as area,
        max(low_95) filter (where parameter = 'attraction.sales_area_m2') as area_low,
        max(high_95) filter (where parameter = 'attraction.sales_area_m2') as area_high
    from huff_parameters
)
select
    case
        when pulls.decay is null or used.step is null then 'none'
        when pulls.area is not null then 'area'
        else 'distance'
    end as "case",
    used.distance,
    exp(-pulls.decay * used.step) as divided,
    exp(-pulls.decay_high * used.step) as divided_low,
    exp(-pulls.decay_low * used.step) as divided_high,
    power(2.0, pulls.area) as multiplied,
    power(2.0, pulls.area_low) as multiplied_low,
    power(2.0, pulls.area_high) as multiplied_high
from pulls
cross join used
