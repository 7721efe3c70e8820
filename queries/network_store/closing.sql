-- What the model says of a store's sales if it closed: what goes to the other stores, what the network loses.
-- @param store_id: text -- store
-- @column rank: number -- place
-- @column kind: text -- revenue, kept or lost
-- @column store_id: text -- store
-- @column amount: money -- a year
-- @column change: money change -- the same with the sign that it has for the network; empty for the revenue
-- @column amount_from: money -- where its bar begins
-- @column amount_to: money -- where its bar ends
-- @column low_80: money -- 80 % interval of what the network loses; empty in the other rows
-- @column high_80: money -- 80 % interval of it
-- @column share: ratio -- of the store's revenue
with store as (
    select annual_revenue, annual_revenue as whole, network_loss, network_loss_low_80, network_loss_high_80
    from huff_stores
    where store_id = $store_id and in_network and network_loss is not null and annual_revenue > 0
),
steps as (
    select 1 as rank, 'revenue' as kind, annual_revenue as amount, 0.0 as amount_from, annual_revenue + 0.0 as amount_to, whole, null as low_80, null as high_80
    from store
    union all
    select 2 as rank, 'kept' as kind, annual_revenue - network_loss as amount, annual_revenue as amount_from, network_loss as amount_to, whole, null as low_80, null as high_80
    from store
    union all
    select 3 as rank, 'lost' as kind, network_loss as amount, network_loss as amount_from, 0.0 as amount_to, whole, network_loss_low_80 as low_80, network_loss_high_80 as high_80
    from store
)
select
    rank,
    kind,
    $store_id as store_id,
    cast(amount as decimal(18, 2)) as amount,
    cast(case kind when 'kept' then amount when 'lost' then -amount end as decimal(18, 2)) as change,
    cast(amount_from as decimal(18, 2)) as amount_from,
    cast(amount_to as decimal(18, 2)) as amount_to,
    cast(low_80 as decimal(18, 2)) as low_80,
    cast(high_80 as decimal(18, 2)) as high_80,
    amount / whole as share
from steps
order by rank
