-- What each store that could close costs, and the gross margin that the network would lose without it.
-- @param region: text = null -- region in which the store stands; all when absent
costs as (
    select
        huff_stores.store_id,
        stores.name,
        stores.region as store_region,
        cast(huff_stores.annual_revenue as decimal(18, 2)) as annual_revenue,
        huff_stores.kept,
        cast(huff_stores.network_loss as decimal(18, 2)) as network_loss,
        cast(huff_stores.network_loss_low_80 as decimal(18, 2)) as network_loss_low_80,
        cast(huff_stores.network_loss_high_80 as decimal(18, 2)) as network_loss_high_80,
        stores.gross_margin_rate,
        cast(stores.gross_margin_rate * huff_stores.network_loss as decimal(18, 2)) as margin_lost,
        stores.annual_fixed_cost,
        cast(stores.gross_margin_rate * huff_stores.annual_revenue as decimal(18, 2)) as margin
    from huff_stores
    inner join stores on stores.store_id = huff_stores.store_id
    where
        huff_stores.in_network
        and huff_stores.settled
        and huff_stores.network_loss is not null
        and huff_stores.annual_revenue is not null
        and stores.gross_margin_rate is not null
        and stores.annual_fixed_cost is not null
        and ($region is null or stores.region = $region)
)
