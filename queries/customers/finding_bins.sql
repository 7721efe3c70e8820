-- The finding of the groups by repeats: the one where the forecast was off most, of those with enough customers to say.
-- Cases: none (no holdout), over, under, far_over and far_under (off by more than 20 %).
-- @small customers by frequency in errors: error
-- @together
-- @column case: text -- none, over, under, far_over or far_under
-- @column repeats: text -- repeats known of the group where the forecast was off most
-- @column error: change -- expected over observed there, less 1
with errors as (
    select
        frequency,
        customers,
        expected_orders / nullif(observed_orders, 0) - 1 as error
    from forecast_bins
    where in_use
),
worst as (
    select
        first_value(frequency order by abs(error) desc, frequency) as frequency,
        first_value(error order by abs(error) desc, frequency) as error
    from errors
    where error is not null
)
select
    case
        when error is null then 'none'
        when error > 0.2 then 'far_over'
        when error < -0.2 then 'far_under'
        when error >= 0 then 'over'
        else 'under'
    end as "case",
    cast(frequency as varchar) as repeats,
    error
from worst
