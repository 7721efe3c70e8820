-- The finding of the model at a store: whether it would have known the store without its sales.
-- Cases: none (the model does not know it), young (open for less than two years: still growing), held (observed in the 80 % interval),
-- above or below (in the 95 % interval, but not in that), far_above or far_below (outside both).
-- @param store_id: text -- store
-- @column case: text -- none, young, held, above, below, far_above or far_below
-- @column name: text -- name of the store
-- @column observed: money -- sales while it was open
-- @column predicted: money -- what the model expects without them
-- @column low_80: money -- 80 % interval
-- @column high_80: money -- 80 % interval
-- @column low_95: money -- 95 % interval
-- @column high_95: money -- 95 % interval
-- @column error: change -- predicted over observed, less 1
-- @column effect: change -- what it attracts beyond its columns, its own effect
-- @column effect_low: change -- 95 % interval of it
-- @column effect_high: change -- 95 % interval of it
-- @column mean_error: ratio -- mean error of the model about a store that it has not seen
-- @column fitted_error: ratio -- mean error of the fit itself
-- @column coverage_80: ratio -- share of such stores whose 80 % interval held
-- @column observed_from: date -- first day of the flows
-- @column observed_to: date -- last day of the flows
with model as (
    select
        max(mean_error) as mean_error,
        max(fitted_error) as fitted_error,
        max(coverage_80) as coverage_80,
        max(observed_from) as observed_from,
        max(observed_to) as observed_to
    from huff_models
    where chosen
),
named as (
    select $store_id as store_id, coalesce(max(name), $store_id) as name from stores where store_id = $store_id
)
select
    case
        when store.predicted is null or coalesce(store.observed, 0) <= 0 then 'none'
        when not store.settled then 'young'
        when store.observed between store.predicted_low_80 and store.predicted_high_80 then 'held'
        when store.observed > store.predicted_high_95 then 'far_above'
        when store.observed < store.predicted_low_95 then 'far_below'
        when store.observed > store.predicted then 'above'
        else 'below'
    end as "case",
    named.name,
    cast(store.observed as decimal(18, 2)) as observed,
    cast(store.predicted as decimal(18, 2)) as predicted,
    cast(store.predicted_low_80 as decimal(18, 2)) as low_80,
    cast(store.predicted_high_80 as decimal(18, 2)) as high_80,
    cast(store.predicted_low_95 as decimal(18, 2)) as low_95,
    cast(store.predicted_high_95 as decimal(18, 2)) as high_95,
    case when store.observed > 0 then store.predicted / store.observed - 1 end as error,
    exp(store.store_effect) - 1 as effect,
    exp(store.store_effect - 1.959963984540054 * store.store_effect_error) - 1 as effect_low,
    exp(store.store_effect + 1.959963984540054 * store.store_effect_error) - 1 as effect_high,
    model.mean_error,
    model.fitted_error,
    model.coverage_80,
    model.observed_from,
    model.observed_to
from named
cross join model
left join huff_stores as store on store.store_id = named.store_id
