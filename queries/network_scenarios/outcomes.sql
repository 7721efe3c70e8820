-- What each saved scenario does on the newest lake version.
-- @param rows: integer = null -- rows wanted, one more than are listed; all when absent
-- @column rank: number -- place by the change of revenue
-- @column scenario_id: text -- scenario
-- @column name: text -- its name
-- @column note: text -- what its author wrote of it
-- @column changes: count -- changes
-- @column change: money -- change of the network's revenue in a year, stores and web
-- @column low_80: money -- 80 % interval
-- @column high_80: money -- 80 % interval
-- @column low_95: money -- 95 % interval
-- @column high_95: money -- 95 % interval
-- @column margin: money -- change of the margin after fixed cost; empty when a rate or a cost is not known
-- @column investment: money -- what it costs once; empty when nobody says
-- @column saved_on: date -- day on which it was last saved
-- @column lake_version: number -- lake version then
with outcomes as (
    select
        scenario_id,
        max(change) filter (where total = 'network') as change,
        max(low_80) filter (where total = 'network') as low_80,
        max(high_80) filter (where total = 'network') as high_80,
        max(low_95) filter (where total = 'network') as low_95,
        max(high_95) filter (where total = 'network') as high_95,
        max(change) filter (where total = 'margin') as margin,
        max(change) filter (where total = 'investment') as investment
    from scenario_outcomes
    group by scenario_id
)
select
    row_number() over (order by outcomes.change desc nulls last, scenarios.name) as rank,
    scenarios.scenario_id,
    scenarios.name,
    scenarios.note,
    scenarios.changes,
    cast(outcomes.change as decimal(18, 2)) as change,
    cast(outcomes.low_80 as decimal(18, 2)) as low_80,
    cast(outcomes.high_80 as decimal(18, 2)) as high_80,
    cast(outcomes.low_95 as decimal(18, 2)) as low_95,
    cast(outcomes.high_95 as decimal(18, 2)) as high_95,
    cast(outcomes.margin as decimal(18, 2)) as margin,
    cast(outcomes.investment as decimal(18, 2)) as investment,
    cast(scenarios.updated_at as date) as saved_on,
    scenarios.lake_version
from scenarios
left join outcomes on outcomes.scenario_id = scenarios.scenario_id
order by rank
limit coalesce($rows, 100000)
