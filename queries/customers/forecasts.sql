-- Forecasts held against the last holdout: each model plain and calibrated, the best also by the season, and the yardsticks.
-- @column model: text -- model or yardstick
-- @column forecast: text -- model, with -seasonal on the season's clock, -calibrated when P(no order) was calibrated before
-- @column seasonal: boolean -- whether its clock ran by the season
-- @column calibrated: boolean -- whether it was calibrated
-- @column chosen: boolean -- the highest mean log score
-- @column in_use: boolean -- the forecast in use: the chosen one, or the next with a maximum on all days
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
    model
        || case when seasonal then '-seasonal' else '' end
        || case when calibrated then '-calibrated' else '' end as forecast,
    coalesce(seasonal, false) as seasonal,
    calibrated,
    chosen,
    in_use,
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
order by in_use desc, mean_log_score desc nulls last, auc desc nulls last, model, seasonal, calibrated
