-- The finding of the list of stores: what the network would keep of a store that closes.
-- Cases: none (no store sold), few (no more than four stores that the model knows: no quarter is named), spread (others).
-- @param region: text = null -- region in which the store stands; all when absent
-- @column case: text -- none, few or spread
-- @column stores: count -- stores that sold
-- @column modelled: count -- stores open at the end that the model knows
-- @column shown: count -- stores drawn
-- @column distance: text -- how distances are measured: great_circle (km), approximate_time or travel_times (minutes)
-- @column observed_from: date -- first day of the 12 months
-- @column observed_to: date -- last day of them
-- @column kept: ratio -- kept of the store in the middle, if it closed
-- @column kept_high: ratio -- kept of a store in the upper tenth
-- @column mean_error: ratio -- mean error of the model about a store that it has not seen, all regions
-- @column fitted_error: ratio -- mean error of the fit itself, all regions
with unit as (
    select
        coalesce(max(distance), (select max(measure) from store_catchments), 'great_circle') as distance,
        max(mean_error) as mean_error,
        max(fitted_error) as fitted_error
    from huff_models
    where chosen
),
sold as (
    select
        count(*) as stores,
        min(store_catchments.observed_from) as observed_from,
        max(store_catchments.observed_to) as observed_to
    from store_catchments
    left join stores on stores.store_id = store_catchments.store_id
    where store_catchments.years_ago = 0 and ($region is null or stores.region = $region)
),
shares as (
    select
        count(huff_stores.kept) as modelled,
        median(huff_stores.kept) as kept,
        percentile_cont(0.9) within group (order by huff_stores.kept) as kept_high
    from huff_stores
    left join stores on stores.store_id = huff_stores.store_id
    where huff_stores.in_network and not huff_stores.competitor and ($region is null or stores.region = $region)
)
select
    case
        when sold.stores = 0 then 'none'
        when shares.modelled < 5 then 'few'
        else 'spread'
    end as "case",
    sold.stores,
    shares.modelled,
    least(sold.stores, 20) as shown,
    unit.distance,
    sold.observed_from,
    sold.observed_to,
    shares.kept,
    shares.kept_high,
    unit.mean_error,
    unit.fitted_error
from sold
cross join shares
cross join unit
