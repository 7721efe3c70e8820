-- The finding of the weeks: how far the model was off at the end of the holdout, over the holdout alone and since the first week.
-- Cases: none (no holdout), over, under, near (off by less than 2 % over the holdout).
-- @column case: text -- none, over, under or near
-- @column weeks: count -- weeks of the holdout
-- @column expected: number -- repeat purchase days expected in the holdout
-- @column observed: count -- repeat purchase days that there were in it
-- @column error: change -- one over the other, less 1
-- @column error_in_all: change -- the same since the first week
with ends as (
    select
        count(*) filter (where held_out) as weeks,
        max(expected_orders) as expected,
        max(observed_orders) as observed,
        coalesce(max(expected_orders) filter (where not held_out), 0) as expected_before,
        coalesce(max(observed_orders) filter (where not held_out), 0) as observed_before
    from forecast_tracking
),
errors as (
    select
        weeks,
        expected - expected_before as expected,
        observed - observed_before as observed,
        (expected - expected_before) / nullif(observed - observed_before, 0) - 1 as error,
        expected / nullif(observed, 0) - 1 as error_in_all
    from ends
)
select
    case
        when weeks = 0 or error is null then 'none'
        when error >= 0.02 then 'over'
        when error <= -0.02 then 'under'
        else 'near'
    end as "case",
    weeks,
    expected,
    observed,
    error,
    error_in_all
from errors
