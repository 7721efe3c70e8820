-- The two scenarios that are compared, the one that adds more first.
-- Cases: none (fewer than two are chosen), apart (their 95 % intervals do not meet), meet.
-- @column case: text -- none, apart or meet
-- @column more: text -- the one that adds more
-- @column more_change: money -- change of the network's revenue in a year
-- @column more_low: money -- 95 % interval
-- @column more_high: money -- 95 % interval
-- @column less: text -- the other
-- @column less_change: money -- change of the network's revenue in a year
-- @column less_low: money -- 95 % interval
-- @column less_high: money -- 95 % interval
-- @column mean_error: ratio -- mean error of the model about a store that it has not seen
with ranked as (
    select
        scenarios.name,
        scenario_outcomes.change,
        scenario_outcomes.low_95,
        scenario_outcomes.high_95,
        row_number() over (order by scenario_outcomes.change desc, scenarios.name) as place,
        count(*) over () as scenarios
    from scenarios
    inner join scenario_outcomes
        on scenario_outcomes.scenario_id = scenarios.scenario_id and scenario_outcomes.total = 'network'
),
pair as (
    select
        max(scenarios) as scenarios,
        max(name) filter (where place = 1) as more,
        max(change) filter (where place = 1) as more_change,
        max(low_95) filter (where place = 1) as more_low,
        max(high_95) filter (where place = 1) as more_high,
        max(name) filter (where place = 2) as less,
        max(change) filter (where place = 2) as less_change,
        max(low_95) filter (where place = 2) as less_low,
        max(high_95) filter (where place = 2) as less_high
    from ranked
),
compared as (
    select count(*) as cells from compared_cells
),
quality as (
    select max(mean_error) as mean_error from huff_models where chosen
)
select
    case
        when cells = 0 or coalesce(scenarios, 0) < 2 then 'none'
        when more_low > less_high then 'apart'
        else 'meet'
    end as "case",
    more,
    cast(more_change as decimal(18, 2)) as more_change,
    cast(more_low as decimal(18, 2)) as more_low,
    cast(more_high as decimal(18, 2)) as more_high,
    less,
    cast(less_change as decimal(18, 2)) as less_change,
    cast(less_low as decimal(18, 2)) as less_low,
    cast(less_high as decimal(18, 2)) as less_high,
    mean_error
from pair
cross join compared
cross join quality
