-- The saved scenario that adds most.
-- @column case: text -- none (nothing saved), one, best
-- @column saved: count -- saved scenarios
-- @column name: text -- the one that adds most
-- @column change: money -- change of the network's revenue in a year
-- @column low: money -- 95 % interval
-- @column high: money -- 95 % interval
-- @column mean_error: ratio -- mean error of the model about a store that it has not seen
with ranked as (
    select
        scenarios.name,
        scenario_outcomes.change,
        scenario_outcomes.low_95,
        scenario_outcomes.high_95,
        row_number() over (order by scenario_outcomes.change desc nulls last, scenarios.name) as place,
        count(*) over () as saved
    from scenarios
    left join scenario_outcomes
        on scenario_outcomes.scenario_id = scenarios.scenario_id and scenario_outcomes.total = 'network'
),
facts as (
    select
        coalesce(max(saved), 0) as saved,
        max(name) filter (where place = 1) as name,
        max(change) filter (where place = 1) as change,
        max(low_95) filter (where place = 1) as low,
        max(high_95) filter (where place = 1) as high
    from ranked
),
quality as (
    select max(mean_error) as mean_error from huff_models where chosen
)
select
    case when saved = 0 then 'none' when saved = 1 then 'one' else 'best' end as "case",
    saved,
    name,
    cast(change as decimal(18, 2)) as change,
    cast(low as decimal(18, 2)) as low,
    cast(high as decimal(18, 2)) as high,
    mean_error
from facts
cross join quality
