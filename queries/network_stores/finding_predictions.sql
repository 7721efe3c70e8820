-- The finding of the model's trial: how wrong it is about a store whose sales it does not know.
-- Cases: none (no store to try it on), few (fewer than five), narrow (its 80 % intervals held fewer than they should, by the binomial
-- law at two standard deviations), wide (more), sound.
-- @column case: text -- none, few, narrow, wide or sound
-- @column stores: count -- stores left out in turn
-- @column mean_error: ratio -- mean absolute error of their revenue, weighted by it
-- @column median_error: ratio -- absolute error of the store in the middle
-- @column bias: change -- predicted over observed, all together, less 1
-- @column coverage_80: ratio -- share whose 80 % interval held what was observed
-- @column coverage_95: ratio -- share whose 95 % interval did
-- @column outside: count -- stores outside their 80 % interval
-- @column fitted_error: ratio -- mean absolute error of the fit itself, each store known
-- @column observed_from: date -- first day of the flows
-- @column observed_to: date -- last day of the flows
with
-- @with network_stores/tried
judged as (
    select
        cast(observed as decimal(18, 2)) as observed,
        cast(predicted as decimal(18, 2)) as predicted,
        cast(expected as decimal(18, 2)) as expected,
        abs(predicted / observed - 1) as error,
        observed between predicted_low_80 and predicted_high_80 as held_80,
        observed between predicted_low_95 and predicted_high_95 as held_95
    from tried
),
days as (
    select max(observed_from) as observed_from, max(observed_to) as observed_to from huff_models where chosen
),
sums as (
    select
        count(*) as stores,
        cast(sum(abs(predicted - observed)) as double) / nullif(cast(sum(observed) as double), 0) as mean_error,
        median(error) as median_error,
        cast(sum(predicted) as double) / nullif(cast(sum(observed) as double), 0) - 1 as bias,
        count(*) filter (where held_80) as held_80,
        count(*) filter (where held_95) as held_95,
        cast(sum(abs(expected - observed)) as double) / nullif(cast(sum(observed) as double), 0) as fitted_error
    from judged
)
select
    case
        when stores = 0 then 'none'
        when stores < 5 then 'few'
        when held_80 < 0.8 * stores - 2 * sqrt(0.16 * stores) then 'narrow'
        when held_80 > 0.8 * stores + 2 * sqrt(0.16 * stores) then 'wide'
        else 'sound'
    end as "case",
    stores,
    mean_error,
    median_error,
    bias,
    cast(held_80 as double) / nullif(stores, 0) as coverage_80,
    cast(held_95 as double) / nullif(stores, 0) as coverage_95,
    stores - held_80 as outside,
    fitted_error,
    observed_from,
    observed_to
from sums
cross join days
