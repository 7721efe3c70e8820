-- The stores of a store's map: all that sold in the 12 months, the store itself, competitors.
-- @param store_id: text -- store whose page it is
-- @column store_id: text -- store or competitor
-- @column name: text -- name
-- @column page_id: text -- store that has a page; empty for competitors
-- @column latitude: degrees -- latitude
-- @column longitude: degrees -- longitude
-- @column net_revenue: money -- sales of the 12 months; empty for competitors
-- @column status: text -- open, opening (opened in the 12 months), closing (closed in them or before) or competitor
-- @column selected: boolean -- whether it is the store of the page
with days as (
    select min(observed_from) as observed_from, max(observed_to) as observed_to from store_catchments where years_ago = 0
)
select
    stores.store_id,
    stores.name,
    stores.store_id as page_id,
    stores.latitude,
    stores.longitude,
    store_catchments.net_revenue,
    case
        when stores.closed_on < days.observed_to then 'closing'
        when stores.opened_on > days.observed_from then 'opening'
        else 'open'
    end as status,
    stores.store_id = $store_id as selected
from stores
cross join days
left join store_catchments on store_catchments.store_id = stores.store_id and store_catchments.years_ago = 0
where
    stores.latitude is not null
    and stores.longitude is not null
    and (store_catchments.store_id is not null or stores.store_id = $store_id)
union all
select
    competitor_id as store_id,
    coalesce(banner, competitor_id) as name,
    null as page_id,
    latitude,
    longitude,
    null as net_revenue,
    'competitor' as status,
    false as selected
from competitors
order by net_revenue desc nulls last, store_id
