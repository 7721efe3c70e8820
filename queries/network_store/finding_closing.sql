-- The finding of a closing: what the network would lose, and whether the fixed cost is above the margin of it.
-- Cases: none (the store is not in the network, or not in the model), young (open for less than two years: still growing), unknown
-- (no cost or no rate), pays (the fixed cost is above the margin lost, even if the other stores kept nothing), depends (only with
-- what they keep), costs (the margin lost is above the fixed cost).
-- @param store_id: text -- store
-- @column case: text -- none, young, pays, depends, costs or unknown
-- @column name: text -- name of the store
-- @column annual_revenue: money -- expected of a year
-- @column network_loss: money -- what the network would lose of it
-- @column network_loss_low_80: money -- 80 % interval of it
-- @column network_loss_high_80: money -- 80 % interval of it
-- @column kept: ratio -- share that other stores would keep
-- @column margin_lost: money -- gross margin of the loss, at the store's own rate
-- @column annual_fixed_cost: money -- fixed cost that would be saved
-- @column mean_error: ratio -- mean error of the model about a store that it has not seen
-- @column fitted_error: ratio -- mean error of the fit itself
with named as (
    select
        $store_id as store_id,
        coalesce(max(name), $store_id) as name,
        max(gross_margin_rate) as gross_margin_rate,
        max(annual_fixed_cost) as annual_fixed_cost
    from stores
    where store_id = $store_id
),
model as (
    select max(mean_error) as mean_error, max(fitted_error) as fitted_error from huff_models where chosen
),
store as (
    select *
    from huff_stores
    where store_id = $store_id and in_network and network_loss is not null and annual_revenue > 0
)
select
    case
        when store.store_id is null then 'none'
        when not store.settled then 'young'
        when named.annual_fixed_cost is null or named.gross_margin_rate is null then 'unknown'
        when cast(named.annual_fixed_cost as double) > named.gross_margin_rate * store.annual_revenue then 'pays'
        when cast(named.annual_fixed_cost as double) > named.gross_margin_rate * store.network_loss then 'depends'
        else 'costs'
    end as "case",
    named.name,
    cast(store.annual_revenue as decimal(18, 2)) as annual_revenue,
    cast(store.network_loss as decimal(18, 2)) as network_loss,
    cast(store.network_loss_low_80 as decimal(18, 2)) as network_loss_low_80,
    cast(store.network_loss_high_80 as decimal(18, 2)) as network_loss_high_80,
    store.kept,
    cast(named.gross_margin_rate * store.network_loss as decimal(18, 2)) as margin_lost,
    named.annual_fixed_cost,
    model.mean_error,
    model.fitted_error
from named
cross join model
left join store on store.store_id = named.store_id
