-- What the data say of the money of a scenario; empty where they do not.
-- @column margin_rate: ratio -- gross margin over net revenue of the stores that are open, weighted by their expected sales
-- @column fixed_cost_per_m2: money a year -- median fixed cost of a square metre
-- @column web_effect: ratio -- web revenue won for each unit of money that stores win, where the data show enough openings
-- @column web_effect_error: ratio -- its standard error
-- @column web_kept: ratio -- share of a closed store's sales that the web shop keeps, 0 to 1, where the data show enough closings
-- @column web_kept_error: ratio -- its standard error
-- @column first_year_ramp: ratio -- sales of openings in their first year over those expected once settled; from five openings on
with costs as (
    select
        sum(stores.gross_margin_rate * huff_stores.annual_revenue)
        / nullif(sum(case when stores.gross_margin_rate is not null then huff_stores.annual_revenue end), 0) as margin_rate,
        median(cast(stores.annual_fixed_cost as double) / nullif(stores.sales_area_m2, 0)) as fixed_cost_per_m2
    from huff_stores
    inner join stores on stores.store_id = huff_stores.store_id
    where huff_stores.in_network
),
effects as (
    select
        max(effect) filter (where kind = 'opening') as web_effect,
        max(standard_error) filter (where kind = 'opening') as web_effect_error,
        least(greatest(max(effect) filter (where kind = 'kept'), 0), 1) as web_kept,
        max(standard_error) filter (where kind = 'kept') as web_kept_error
    from web_effects
    where estimated
),
ramps as (
    select case when count(*) >= 5 then median(first_year / nullif(predicted, 0)) end as first_year_ramp
    from store_changes
    where observed_days >= 330
)
select
    costs.margin_rate,
    costs.fixed_cost_per_m2,
    effects.web_effect,
    effects.web_effect_error,
    effects.web_kept,
    effects.web_kept_error,
    ramps.first_year_ramp
from costs
cross join effects
cross join ramps
