-- The finding of the forecasts: how far the one in use was off, and whether it ranks customers better than recency alone.
-- Cases: none (no holdout), over, under, near (off by less than 2 %).
-- @column case: text -- none, over, under or near
-- @column model: text -- model in use
-- @column bias: change -- expected over observed purchase days, less 1
-- @column auc: ratio -- its chance to rank one who ordered above one who did not
-- @column recency_auc: ratio -- that of recency alone
-- @column horizon_days: days -- days of the holdout
with found as (
    select
        max(model) filter (where in_use) as model,
        max(bias) filter (where in_use) as bias,
        max(auc) filter (where in_use) as auc,
        max(auc) filter (where model = 'recency') as recency_auc,
        max(horizon_days) as horizon_days
    from forecast_quality
)
select
    case
        when bias is null then 'none'
        when bias >= 0.02 then 'over'
        when bias <= -0.02 then 'under'
        else 'near'
    end as "case",
    model,
    bias,
    auc,
    recency_auc,
    horizon_days
from found
