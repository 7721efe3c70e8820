-- The forms of distance decay that were tried on the flows of the last 12 months, the best first.
-- @column rank: number -- place by AIC
-- @column decay: text -- form of the decay
-- @column chosen: boolean -- the form in use
-- @column aic: number -- 2 x parameters - 2 x log-likelihood / dispersion: lower is better
-- @column aic_difference: number -- above the lowest
-- @column log_likelihood: number -- Poisson quasi-likelihood of the flows
-- @column dispersion: number -- variance of a flow over its mean
-- @column outside_share: ratio -- share of the potential that no store of the table gets
-- @column outside_low: ratio -- 95 % interval of it
-- @column outside_high: ratio -- 95 % interval of it
-- @column mean_error: ratio -- mean error about stores left out; only of the form in use
-- @column fitted_error: ratio -- mean error of the fit itself; only of the form in use
-- @column converged: boolean -- whether the search ended at a maximum
select
    row_number() over (order by aic nulls last, decay) as rank,
    decay,
    chosen,
    aic,
    aic - min(aic) over () as aic_difference,
    log_likelihood,
    dispersion,
    outside_share,
    outside_share - 1.959963984540054 * outside_share_error as outside_low,
    outside_share + 1.959963984540054 * outside_share_error as outside_high,
    mean_error,
    fitted_error,
    converged
from huff_models
order by rank
