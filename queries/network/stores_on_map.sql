-- Stores to be drawn on the map, with their revenue in the period.
-- A store without a place is left out; a store that was closed before the period began or opens after its end as well.
-- @column store_id: text -- store
-- @column name: text -- name of the store
-- @column latitude: degrees -- latitude
-- @column longitude: degrees -- longitude
-- @column net_revenue: money -- store sales in the period, refunds taken off
-- @column last_year: money -- the same days a year before (minus 364 days)
-- @column status: text -- open, opening (opened in the period) or closing (closed in the period)
-- @column opened_on: date -- first day of sale
-- @column closed_on: date -- last day of sale; empty while the store is open
with
-- @with overview/revenue_by_store
select
    stores.store_id,
    stores.name,
    stores.latitude,
    stores.longitude,
    cast(coalesce(sums.net_revenue, 0) as decimal(18, 2)) as net_revenue,
    cast(case when has_last_year then coalesce(sums.last_year, 0) end as decimal(18, 2)) as last_year,
    case
        when stores.closed_on < $to_on then 'closing'
        when stores.opened_on > $from_on then 'opening'
        else 'open'
    end as status,
    stores.opened_on,
    stores.closed_on
from stores
cross join history
left join sums on sums.store_id = stores.store_id
where
    stores.latitude is not null
    and stores.longitude is not null
    and coalesce(stores.opened_on <= $to_on, true)
    and coalesce(stores.closed_on >= $from_on, true)
order by net_revenue desc, stores.store_id
