-- What the scenario does to each store, the largest changes first.
-- @param rows: integer = null -- rows wanted, one more than are listed; all when absent
-- @column rank: number -- place by size of the change
-- @column store_id: text -- store, or new-1 etc.
-- @column name: text -- name
-- @column role: text -- own or competitor
-- @column changed: text -- open, close, move, resize, competitor or none
-- @column latitude: degrees -- where it stands, after a move
-- @column longitude: degrees -- where it stands, after a move
-- @column distance_km: km -- to the nearest change, as the crow flies
-- @column observed: money -- what it sold in the last 12 months
-- @column before: money -- expected of a year without the scenario
-- @column after: money -- with it
-- @column change: money -- after less before
-- @column low_80: money -- 80 % interval of the change
-- @column high_80: money -- 80 % interval
-- @column low_95: money -- 95 % interval
-- @column high_95: money -- 95 % interval
-- @column parameter_error: money -- standard error of the change from the parameters
-- @column model_error: money -- standard error of the change from what stores attract beyond their columns
-- @column sign: money -- the change; empty where its 95 % interval holds 0
with ranked as (
    select *, row_number() over (order by abs(change) desc, store_id) as rank
    from scenario_stores
    where abs(change) >= 0.5 or changed <> 'none'
)
select
    rank,
    store_id,
    name,
    role,
    changed,
    latitude,
    longitude,
    distance_km,
    cast(observed as decimal(18, 2)) as observed,
    cast(before as decimal(18, 2)) as before,
    cast(after as decimal(18, 2)) as after,
    cast(change as decimal(18, 2)) as change,
    cast(low_80 as decimal(18, 2)) as low_80,
    cast(high_80 as decimal(18, 2)) as high_80,
    cast(low_95 as decimal(18, 2)) as low_95,
    cast(high_95 as decimal(18, 2)) as high_95,
    cast(parameter_error as decimal(18, 2)) as parameter_error,
    cast(model_error as decimal(18, 2)) as model_error,
    cast(case when low_95 > 0 or high_95 < 0 then change end as decimal(18, 2)) as sign
from ranked
order by rank
limit coalesce($rows, 100000)
