-- Who loses and who gains most among the stores that the scenario does not itself change.
-- @column case: text -- loses, gains, both or none
-- @column loser: text -- store that loses most
-- @column lost: money -- what it loses
-- @column losers: count -- stores that lose for sure
-- @column gainer: text -- store that gains most
-- @column gained: money -- what it gains
-- @column gainers: count -- stores that gain for sure
-- @column mean_error: ratio -- mean error of the model about a store that it has not seen
with others as (
    select name, change, low_95, high_95
    from scenario_stores
    where changed = 'none' and role = 'own'
),
sums as (
    select
        first_value(name order by change, name) filter (where change < 0) as loser,
        min(change) as lowest,
        count(*) filter (where high_95 < 0) as losers,
        first_value(name order by change desc, name) filter (where change > 0) as gainer,
        max(change) as highest,
        count(*) filter (where low_95 > 0) as gainers
    from others
),
quality as (
    select max(mean_error) as mean_error from huff_models where chosen
)
select
    case
        when losers > 0 and gainers > 0 then 'both'
        when losers > 0 then 'loses'
        when gainers > 0 then 'gains'
        else 'none'
    end as "case",
    loser,
    cast(-lowest as decimal(18, 2)) as lost,
    losers,
    gainer,
    cast(highest as decimal(18, 2)) as gained,
    gainers,
    mean_error
from sums
cross join quality
