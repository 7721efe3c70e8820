-- How far stores draw, and how well the model knows a store that it has not seen.
-- Cases: none (no store sold), reach (no model, or too few stores to try it on), known. Errors are weighted by revenue, of stores that
-- were open two years before the end; younger ones still grow.
-- @param region: text = null -- region in which the store stands; all when absent
-- @small customers by store_id in reached: distance_50, distance_80
-- @small ring_customers by store_id in reached: penetration
-- @column case: text -- none, reach or known
-- @column stores: count -- stores that sold and have a reach
-- @column distance: text -- how distances are measured: great_circle (km), approximate_time or travel_times (minutes)
-- @column near: number -- distance that holds 80 % of the custom of a store in the lower quarter
-- @column median: number -- of the store in the middle
-- @column far: number -- of a store in the upper quarter
-- @column median_50: number -- distance that holds half of the custom of the store in the middle
-- @column penetration: ratio -- customers over households in the 80 % ring of the store in the middle
-- @column tried: count -- stores that the model was tried on, each left out in turn
-- @column mean_error: ratio -- mean absolute error of their revenue
-- @column coverage_80: ratio -- share whose 80 % interval held what was observed
-- @column fitted_error: ratio -- mean absolute error of the fit itself, of the same stores, each store known
-- @column kept: ratio -- share of its revenue that the network would keep if the store in the middle closed
with unit as (
    select coalesce(max(distance), (select max(measure) from store_catchments), 'great_circle') as distance from huff_models where chosen
),
reached as (
    select
        store_catchments.store_id,
        nullif(store_catchments.customers, 0) as customers,
        nullif(store_catchments.ring_customers, 0) as ring_customers,
        store_catchments.distance_50,
        store_catchments.distance_80,
        store_catchments.ring_customers / nullif(store_catchments.households, 0) as penetration
    from store_catchments
    left join stores on stores.store_id = store_catchments.store_id
    where ($region is null or stores.region = $region) and store_catchments.years_ago = 0
),
reaches as (
    select
        count(*) as stores,
        percentile_cont(0.25) within group (order by distance_80) as near,
        median(distance_80) as median,
        percentile_cont(0.75) within group (order by distance_80) as far,
        median(distance_50) as median_50,
        median(penetration) as penetration
    from reached
    where distance_80 is not null
),
errors as (
    select
        count(*) filter (where tried) as tried,
        cast(sum(cast(abs(predicted - observed) as decimal(18, 2))) filter (where tried) as double)
        / nullif(cast(sum(cast(observed as decimal(18, 2))) filter (where tried) as double), 0) as mean_error,
        cast(count(*) filter (where tried and observed between predicted_low_80 and predicted_high_80) as double)
        / nullif(count(*) filter (where tried), 0) as coverage_80,
        cast(sum(cast(abs(expected - observed) as decimal(18, 2))) filter (where tried) as double)
        / nullif(cast(sum(cast(observed as decimal(18, 2))) filter (where tried) as double), 0) as fitted_error,
        median(kept) as kept
    from (
        select
            huff_stores.*,
            huff_stores.settled and huff_stores.observed > 0 and huff_stores.predicted is not null as tried
        from huff_stores
        left join stores on stores.store_id = huff_stores.store_id
        where not huff_stores.competitor and ($region is null or stores.region = $region)
    )
)
select
    case
        when reaches.stores = 0 then 'none'
        when errors.tried < 5 then 'reach'
        else 'known'
    end as "case",
    reaches.stores,
    unit.distance,
    reaches.near,
    reaches.median,
    reaches.far,
    reaches.median_50,
    reaches.penetration,
    errors.tried,
    errors.mean_error,
    errors.coverage_80,
    errors.fitted_error,
    errors.kept
from reaches
cross join errors
cross join unit
