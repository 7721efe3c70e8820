-- Forecasts held against the last holdout: each model plain and calibrated, and the yardsticks.
-- @column model: text -- model or yardstick
-- @column forecast: text -- model, with -calibrated when P(no order) was calibrated on an earlier window
-- @column calibrated: boolean -- whether it was calibrated
-- @column chosen: boolean -- the forecast in use
-- @column bias: change -- expected over observed purchase days, less 1
-- @column mean_absolute_error: number -- per customer
-- @column mean_log_score: number -- mean logarithm of the probability given to what happened
-- @column auc: ratio -- chance to rank one who ordered above one who did not
-- @column brier: number -- mean squared distance of P(order) from the outcome
-- @column expected_orders: number -- purchase days expected
-- @column observed_orders: count -- purchase days that there were
-- @column customers: count -- customers forecast
-- @column horizon_days: days -- days of the holdout
select
    model,
    model || case when calibrated then '-calibrated' else '' end as forecast,
    calibrated,
    chosen,
    bias,
    mean_absolute_error,
    mean_log_score,
    auc,
    brier,
    expected_orders,
    observed_orders,
    customers,
    horizon_days
from forecast_quality
order by chosen desc, mean_log_score desc nulls last, auc desc nulls last, model
