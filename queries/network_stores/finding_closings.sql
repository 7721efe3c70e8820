-- The finding of the candidates for closing: how many stores cost more than the margin that the network would lose without them.
-- Cases: none (no store with a cost, a margin rate and a model), no (no store costs more), some.
-- @column case: text -- none, no or some
-- @column stores: count -- stores judged
-- @column candidates: count -- stores whose fixed cost is above the margin lost, as the model expects
-- @column always: count -- of them those where it is, even if the other stores kept nothing
-- @column only_kept: count -- of them those where it is only because other stores keep a part
-- @column first: text -- store with the largest gain
-- @column first_gain: money -- its gain
-- @column mean_error: ratio -- mean error of the model about a store that it has not seen, all regions
-- @column fitted_error: ratio -- mean error of the fit itself, all regions
with
-- @with network_stores/costs
gains as (
    select
        store_id,
        name,
        annual_fixed_cost - margin_lost as gain,
        annual_fixed_cost - margin as gain_at_least
    from costs
),
quality as (
    select max(mean_error) as mean_error, max(fitted_error) as fitted_error from huff_models where chosen
),
sums as (
    select
        count(*) as stores,
        count(*) filter (where gain > 0) as candidates,
        count(*) filter (where gain > 0 and gain_at_least > 0) as always,
        first_value(name order by gain desc, store_id) as first,
        max(gain) as first_gain
    from gains
)
select
    case
        when stores = 0 then 'none'
        when candidates = 0 then 'no'
        else 'some'
    end as "case",
    stores,
    candidates,
    always,
    candidates - always as only_kept,
    first,
    cast(first_gain as decimal(18, 2)) as first_gain,
    mean_error,
    fitted_error
from sums
cross join quality
