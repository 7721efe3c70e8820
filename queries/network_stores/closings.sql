-- Stores that the network would miss least: their fixed cost against the gross margin that the network would lose without them.
-- Only stores that were open two years before the end (younger ones still grow), with a fixed cost and a gross margin rate. The lost
-- sales count at the store's own margin rate, those of the web shop are not counted. Two bounds: as the model expects, and as if the
-- other stores kept nothing.
-- @param rows: integer = null -- rows wanted, one more than are listed; all when absent
-- @column rank: number -- place by gain
-- @column store_id: text -- store
-- @column name: text -- name of the store
-- @column store_region: text -- region in which the store stands
-- @column annual_revenue: money -- expected of a year with the network as it is
-- @column kept: ratio -- share of it that other stores of the network would keep
-- @column network_loss: money -- what the network would lose
-- @column gross_margin_rate: ratio -- gross margin over net revenue
-- @column network_loss_low_80: money -- 80 % interval of it
-- @column network_loss_high_80: money -- 80 % interval of it
-- @column margin_lost: money -- gross margin of the loss
-- @column annual_fixed_cost: money -- fixed cost that would be saved
-- @column gain: money change -- fixed cost less margin lost: above 0 the network earns more without the store
-- @column gain_low_80: money change -- 80 % interval of the gain, from that of the loss
-- @column gain_high_80: money change -- 80 % interval of the gain
-- @column gain_at_least: money change -- the same when the other stores kept nothing
-- @column sure: text -- always (above 0 in both), kept (only if the others keep what the model says) or no
-- @column break_even: change -- how much larger than expected the loss may be before the gain is gone
with
-- @with network_stores/costs
select
    row_number() over (order by annual_fixed_cost - margin_lost desc, store_id) as rank,
    store_id,
    name,
    store_region,
    annual_revenue,
    kept,
    network_loss,
    network_loss_low_80,
    network_loss_high_80,
    gross_margin_rate,
    margin_lost,
    annual_fixed_cost,
    annual_fixed_cost - margin_lost as gain,
    annual_fixed_cost - cast(gross_margin_rate * network_loss_high_80 as decimal(18, 2)) as gain_low_80,
    annual_fixed_cost - cast(gross_margin_rate * network_loss_low_80 as decimal(18, 2)) as gain_high_80,
    annual_fixed_cost - margin as gain_at_least,
    case
        when annual_fixed_cost > margin_lost and annual_fixed_cost > margin then 'always'
        when annual_fixed_cost > margin_lost then 'kept'
        else 'no'
    end as sure,
    case when margin_lost > 0 then cast(annual_fixed_cost as double) / cast(margin_lost as double) - 1 end as break_even
from costs
order by rank
limit coalesce($rows, 1000000)
