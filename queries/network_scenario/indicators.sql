-- What the scenario of the address changes in a year: revenue, margin, payback, with intervals; and how wrong the model is.
-- @column change: money -- change of the network's revenue, stores and web shop
-- @column change_low: money -- 95 % interval
-- @column change_high: money -- 95 % interval
-- @column stores_change: money -- change of the stores' revenue
-- @column web_change: money -- change of the web shop's revenue
-- @column web_low: money -- 95 % interval
-- @column web_high: money -- 95 % interval
-- @column margin: money -- change of the gross margin less fixed costs; empty when a rate or a cost is not known
-- @column margin_low: money -- 95 % interval
-- @column margin_high: money -- 95 % interval
-- @column first_year: money -- change of the network's revenue in the first year
-- @column first_year_low: money -- 95 % interval
-- @column first_year_high: money -- 95 % interval
-- @column investment: money -- what it costs once; empty when nobody says
-- @column payback_years: number -- investment over the margin; empty when there is no investment or no margin
-- @column payback_low: number -- with the margin at the upper end of its interval
-- @column payback_high: number -- with the margin at the lower end; empty when that end is not above 0
-- @column opened: money -- sales of opened, moved and resized sites, less what they sold before
-- @column others: money -- change of the stores that the scenario leaves as they are
-- @column others_low: money -- 95 % interval
-- @column others_high: money -- 95 % interval
-- @column closed: money -- sales of the stores that close
-- @column kept_share: ratio -- of them, kept by the other stores when stores only close
-- @column outside: money -- change of what is spent elsewhere
-- @column competitors: money -- change of the competitors' sales
-- @column mean_error: ratio -- mean error of the model about a store that it has not seen
-- @column coverage_80: ratio -- share of such stores whose 80 % interval held
-- @column margin_rate: ratio -- gross margin over revenue that is assumed
-- @column margin_source: text -- where it is from: data, user or default
-- @column fixed_cost: money -- fixed cost a year of an opening that states none
-- @column fixed_source: text -- where it is from
-- @column web_effect: ratio -- web revenue won for each unit that stores win in the same cells
-- @column web_source: text -- where it is from
-- @column web_kept: ratio -- share of a closed store's sales that the web shop keeps
-- @column kept_source: text -- where it is from
-- @column ramp: ratio -- first year's sales of an opening over those of a grown store
-- @column ramp_source: text -- where it is from
with totals as (
    select
        max(change) filter (where total = 'network') as change,
        max(low_95) filter (where total = 'network') as change_low,
        max(high_95) filter (where total = 'network') as change_high,
        max(change) filter (where total = 'stores') as stores_change,
        max(change) filter (where total = 'web') as web_change,
        max(low_95) filter (where total = 'web') as web_low,
        max(high_95) filter (where total = 'web') as web_high,
        max(change) filter (where total = 'margin') as margin,
        max(low_95) filter (where total = 'margin') as margin_low,
        max(high_95) filter (where total = 'margin') as margin_high,
        max(change) filter (where total = 'first_year') as first_year,
        max(low_95) filter (where total = 'first_year') as first_year_low,
        max(high_95) filter (where total = 'first_year') as first_year_high,
        max(change) filter (where total = 'investment') as investment,
        max(change) filter (where total = 'opened') as opened,
        max(change) filter (where total = 'others') as others,
        max(low_95) filter (where total = 'others') as others_low,
        max(high_95) filter (where total = 'others') as others_high,
        max(before) filter (where total = 'closed') as closed,
        max(change) filter (where total = 'outside') as outside,
        max(change) filter (where total = 'competitors') as competitors
    from scenario_totals
),
quality as (
    select max(mean_error) as mean_error, max(coverage_80) as coverage_80
    from huff_models
    where chosen
),
assumed as (
    select
        max(value) filter (where assumption = 'margin_rate') as margin_rate,
        max(source) filter (where assumption = 'margin_rate') as margin_source,
        max(value) filter (where assumption = 'fixed_cost') as fixed_cost,
        max(source) filter (where assumption = 'fixed_cost') as fixed_source,
        max(value) filter (where assumption = 'web_effect') as web_effect,
        max(source) filter (where assumption = 'web_effect') as web_source,
        max(value) filter (where assumption = 'web_kept') as web_kept,
        max(source) filter (where assumption = 'web_kept') as kept_source,
        max(value) filter (where assumption = 'first_year_ramp') as ramp,
        max(source) filter (where assumption = 'first_year_ramp') as ramp_source
    from scenario_assumptions
)
select
    cast(change as decimal(18, 2)) as change,
    cast(change_low as decimal(18, 2)) as change_low,
    cast(change_high as decimal(18, 2)) as change_high,
    cast(stores_change as decimal(18, 2)) as stores_change,
    cast(web_change as decimal(18, 2)) as web_change,
    cast(web_low as decimal(18, 2)) as web_low,
    cast(web_high as decimal(18, 2)) as web_high,
    cast(margin as decimal(18, 2)) as margin,
    cast(margin_low as decimal(18, 2)) as margin_low,
    cast(margin_high as decimal(18, 2)) as margin_high,
    cast(first_year as decimal(18, 2)) as first_year,
    cast(first_year_low as decimal(18, 2)) as first_year_low,
    cast(first_year_high as decimal(18, 2)) as first_year_high,
    cast(investment as decimal(18, 2)) as investment,
    case when margin > 0 then investment / margin end as payback_years,
    case when margin > 0 and margin_high > 0 then investment / margin_high end as payback_low,
    case when margin > 0 and margin_low > 0 then investment / margin_low end as payback_high,
    cast(opened as decimal(18, 2)) as opened,
    cast(others as decimal(18, 2)) as others,
    cast(others_low as decimal(18, 2)) as others_low,
    cast(others_high as decimal(18, 2)) as others_high,
    cast(closed as decimal(18, 2)) as closed,
    case when closed > 0 and opened = 0 then others / closed end as kept_share,
    cast(outside as decimal(18, 2)) as outside,
    cast(competitors as decimal(18, 2)) as competitors,
    mean_error,
    coverage_80,
    margin_rate,
    margin_source,
    cast(fixed_cost as decimal(18, 2)) as fixed_cost,
    fixed_source,
    web_effect,
    web_source,
    web_kept,
    kept_source,
    ramp,
    ramp_source
from totals
cross join quality
cross join assumed
