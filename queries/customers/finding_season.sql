-- The finding of the season: the month in which customers buy most and least, and whether the model in use follows it.
-- Cases: none (not computed), season (the model follows it), not_better (tried, and the plain calendar forecast better), too_short,
-- too_few.
-- @column case: text -- none, season, not_better, too_short or too_few
-- @column fastest: text -- number of the fastest month
-- @column fastest_change: change -- its index less 1
-- @column slowest: text -- number of the slowest month
-- @column slowest_change: change -- its index less 1
with found as (
    select
        cast(first_value(month_of_year order by index desc, month_of_year) as varchar) as fastest,
        max(index) - 1 as fastest_change,
        cast(first_value(month_of_year order by index, month_of_year) as varchar) as slowest,
        min(index) - 1 as slowest_change,
        bool_or(in_use) as in_use
    from season_index
),
told as (
    select max(status) as status
    from model_status
    where subject = 'season'
)
select
    case
        when found.in_use then 'season'
        when found.fastest is not null then 'not_better'
        when told.status in ('too_short', 'too_few') then told.status
        else 'none'
    end as "case",
    found.fastest,
    found.fastest_change,
    found.slowest,
    found.slowest_change
from found
cross join told
