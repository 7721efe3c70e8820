-- What the model says of each store when the store's own sales are left out, against what it sold.
-- Stores that were open two years before the end: younger ones still grow and say nothing of the model's error.
-- @param rows: integer = null -- rows wanted, one more than are listed; all when absent
-- @column store_id: text -- store
-- @column name: text -- name of the store; its id when the lake has no table of stores
-- @column store_region: text -- region in which the store stands
-- @column observed: money -- sales while it was open
-- @column predicted: money -- what the model expects of these days without the store's own sales
-- @column low_80: money -- 80 % interval of it
-- @column high_80: money -- 80 % interval of it
-- @column low_95: money -- 95 % interval of it
-- @column high_95: money -- 95 % interval of it
-- @column error: change -- predicted over observed, less 1
-- @column expected: money -- what the fit itself expects, the store's own effect included
-- @column fitted_error: change -- expected over observed, less 1
-- @column outside: change -- observed over predicted, less 1; only where observed lies outside the 80 % interval
with
-- @with network_stores/tried
select
    store_id,
    coalesce(store_name, store_id) as name,
    store_region,
    cast(observed as decimal(18, 2)) as observed,
    cast(predicted as decimal(18, 2)) as predicted,
    cast(predicted_low_80 as decimal(18, 2)) as low_80,
    cast(predicted_high_80 as decimal(18, 2)) as high_80,
    cast(predicted_low_95 as decimal(18, 2)) as low_95,
    cast(predicted_high_95 as decimal(18, 2)) as high_95,
    predicted / observed - 1 as error,
    cast(expected as decimal(18, 2)) as expected,
    expected / observed - 1 as fitted_error,
    case
        when observed < predicted_low_80 or observed > predicted_high_80
            then observed / nullif(predicted, 0) - 1
    end as outside
from tried
order by observed desc, store_id
limit coalesce($rows, 1000000)
