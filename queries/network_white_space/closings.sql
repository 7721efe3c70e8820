-- What the network would lose if a store closed, against the fixed cost that it would save; those whose closing costs least first.
-- What stays with the neighbours is not lost. Effects on the web shop are left to the scenario, where they can be assumed.
-- @param region: text = null -- region of the store; all when absent
-- @param without_region: text = null -- a region left out
-- @param rows: integer = null -- rows wanted, one more than are listed; all when absent
-- @column rank: number -- place
-- @column store_id: text -- store
-- @column name: text -- its name
-- @column region: text -- its region
-- @column annual_revenue: money -- expected of a year
-- @column kept: ratio -- of that, kept by the other stores
-- @column network_loss: money -- what the network would lose in a year
-- @column margin_lost: money -- gross margin of that loss; empty when the rate is not known
-- @column fixed_cost: money -- what it costs a year
-- @column balance: money -- fixed cost saved less margin lost; empty when one of them is not known
with rates as (
    select
        huff_stores.store_id,
        coalesce(stores.name, huff_stores.store_id) as name,
        stores.region,
        huff_stores.annual_revenue,
        huff_stores.network_loss,
        huff_stores.kept,
        stores.gross_margin_rate,
        cast(stores.annual_fixed_cost as double) as fixed_cost,
        stores.gross_margin_rate * huff_stores.network_loss as margin_lost
    from huff_stores
    inner join stores on stores.store_id = huff_stores.store_id
    where
        huff_stores.in_network
        and not huff_stores.competitor
        and ($region is null or translate(lower(stores.region), '’''- ', '') = translate(lower($region), '’''- ', ''))
        and (
            $without_region is null
            or coalesce(translate(lower(stores.region), '’''- ', '') <> translate(lower($without_region), '’''- ', ''), true)
        )
)
select
    row_number() over (order by fixed_cost - margin_lost desc nulls last, network_loss, store_id) as rank,
    store_id,
    name,
    region,
    cast(annual_revenue as decimal(18, 2)) as annual_revenue,
    kept,
    cast(network_loss as decimal(18, 2)) as network_loss,
    cast(margin_lost as decimal(18, 2)) as margin_lost,
    cast(fixed_cost as decimal(18, 2)) as fixed_cost,
    cast(fixed_cost - margin_lost as decimal(18, 2)) as balance
from rates
order by rank
limit coalesce($rows, 100000)
