-- What each step of the scenario adds to the revenue of the network, and where that leads.
-- @param rows: integer = null -- rows wanted, one more than are listed; all when absent
-- @column step: number -- place, from 1
-- @column kind: text -- close, kept, open, move, resize, taken, rivals, web; net for all of them
-- @column name: text -- the store or site; empty for a step of several
-- @column stores: count -- stores that it is about
-- @column amount: money -- what it adds in a year
-- @column total: money -- the amount of what is drawn from zero: net
-- @column part: money -- the amount of a step
-- @column part_from: money -- where it begins
-- @column part_to: money -- where it ends
-- @column low_80: money -- 80 % interval of the net change
-- @column high_80: money -- 80 % interval of the net change
-- @column low_95: money -- 95 % interval of the net change
-- @column high_95: money -- 95 % interval of the net change
-- @column notation: text -- measured for what is known, simulated for the rest
with base as (
    select amount as before from scenario_steps where kind = 'before'
),
network as (
    select change, low_80, high_80, low_95, high_95
    from scenario_totals
    where total = 'network'
)
select
    step,
    case when kind = 'after' then 'net' else kind end as kind,
    name,
    stores,
    cast(case when kind = 'after' then change else amount end as decimal(18, 2)) as amount,
    cast(case when kind = 'after' then change end as decimal(18, 2)) as total,
    cast(case when kind <> 'after' then amount end as decimal(18, 2)) as part,
    cast(case when kind <> 'after' then from_amount - before end as decimal(18, 2)) as part_from,
    cast(case when kind <> 'after' then to_amount - before end as decimal(18, 2)) as part_to,
    cast(case when kind = 'after' then low_80 end as decimal(18, 2)) as low_80,
    cast(case when kind = 'after' then high_80 end as decimal(18, 2)) as high_80,
    cast(case when kind = 'after' then low_95 end as decimal(18, 2)) as low_95,
    cast(case when kind = 'after' then high_95 end as decimal(18, 2)) as high_95,
    case when kind = 'close' then 'measured' else 'simulated' end as notation
from scenario_steps
cross join base
cross join network
where kind <> 'before'
order by step
limit coalesce($rows, 1000)
