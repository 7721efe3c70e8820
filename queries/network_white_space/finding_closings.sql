-- The finding of the closings: how many stores cost more than the network would lose without them.
-- Cases: empty (no store), unknown (costs or margins are not known), none, one, some.
-- @param region: text = null -- region of the store; all when absent
-- @param without_region: text = null -- a region left out
-- @column case: text -- empty, unknown, none, one or some
-- @column stores: count -- stores of the network
-- @column costly: count -- those whose fixed cost exceeds the margin that would be lost
-- @column name: text -- store whose closing would cost least, or bring most
-- @column balance: money -- fixed cost saved less margin lost, of that store
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
),
sums as (
    select
        count(*) as stores,
        count(fixed_cost - margin_lost) as known,
        count(*) filter (where fixed_cost > margin_lost) as costly
    from rates
),
first_store as (
    select name, fixed_cost - margin_lost as balance
    from rates
    order by fixed_cost - margin_lost desc nulls last, network_loss, store_id
    limit 1
)
select
    case
        when stores = 0 then 'empty'
        when known = 0 then 'unknown'
        when costly = 0 then 'none'
        when costly = 1 then 'one'
        else 'some'
    end as "case",
    stores,
    costly,
    name,
    cast(balance as decimal(18, 2)) as balance
from sums
left join first_store on true
