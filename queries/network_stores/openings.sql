-- Stores that opened in the data: what the model says of a settled store there without its sales, against what it sold.
-- @param region: text = null -- region in which the store stands; all when absent
-- @param rows: integer = null -- rows wanted, one more than are listed; all when absent
-- @column rank: number -- place by day of opening
-- @column store_id: text -- store
-- @column name: text -- name of the store; its id when the lake has no table of stores
-- @column store_region: text -- region in which the store stands
-- @column opened_on: date -- first day of sale
-- @column observed_days: days -- days of the first year that the data hold
-- @column predicted: money -- expected of a year, once the store is settled, with the network of its first day
-- @column low_80: money -- 80 % interval
-- @column high_80: money -- 80 % interval
-- @column low_95: money -- 95 % interval
-- @column high_95: money -- 95 % interval
-- @column first_year: money -- sold in the first 12 months, or so far, as a year's
-- @column latest_year: money -- sold in the last 12 months; empty when the store is younger
-- @column first_error: change -- first year over predicted, less 1
-- @column latest_error: change -- last 12 months over predicted, less 1
-- @column network_gain: money -- what the network gains by the store
-- @column gain_low_80: money -- 80 % interval
-- @column gain_high_80: money -- 80 % interval
select
    row_number() over (order by store_changes.opened_on, store_changes.store_id) as rank,
    store_changes.store_id,
    coalesce(stores.name, store_changes.store_id) as name,
    stores.region as store_region,
    store_changes.opened_on,
    store_changes.observed_days,
    cast(store_changes.predicted as decimal(18, 2)) as predicted,
    cast(store_changes.low_80 as decimal(18, 2)) as low_80,
    cast(store_changes.high_80 as decimal(18, 2)) as high_80,
    cast(store_changes.low_95 as decimal(18, 2)) as low_95,
    cast(store_changes.high_95 as decimal(18, 2)) as high_95,
    cast(store_changes.first_year as decimal(18, 2)) as first_year,
    cast(store_changes.latest_year as decimal(18, 2)) as latest_year,
    store_changes.first_year / nullif(store_changes.predicted, 0) - 1 as first_error,
    store_changes.latest_year / nullif(store_changes.predicted, 0) - 1 as latest_error,
    cast(store_changes.network_gain as decimal(18, 2)) as network_gain,
    cast(store_changes.gain_low_80 as decimal(18, 2)) as gain_low_80,
    cast(store_changes.gain_high_80 as decimal(18, 2)) as gain_high_80
from store_changes
left join stores on stores.store_id = store_changes.store_id
where $region is null or stores.region = $region
order by rank
limit coalesce($rows, 1000000)
