-- Repeat purchases by week, of the customers won within the data and before the holdout, on whom the model was fitted: as the model in use has them and as they were.
-- @column until_on: date -- last day of the week
-- @column held_out: boolean -- whether the model did not know the week
-- @column expected_orders: number -- repeat purchase days up to it, expected without calibration
-- @column observed_orders: count -- repeat purchase days up to it
-- @column expected_in_week: number -- repeat purchase days of the week, expected
-- @column observed_in_week: count -- repeat purchase days of the week
-- @column holdout_after_on: date -- on the last week that the model knew: its last day
select
    until_on,
    held_out,
    expected_orders,
    observed_orders,
    expected_orders - coalesce(lag(expected_orders) over (order by until_on), 0) as expected_in_week,
    observed_orders - coalesce(lag(observed_orders) over (order by until_on), 0) as observed_in_week,
    case when not held_out and lead(held_out) over (order by until_on) then until_on end as holdout_after_on
from forecast_tracking
order by until_on
