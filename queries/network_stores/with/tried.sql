-- The stores whose sales the model can be held against: those that were open two years before the end.
-- @param region: text = null -- region in which the store stands; all when absent
tried as (
    select
        huff_stores.*,
        stores.name as store_name,
        stores.region as store_region
    from huff_stores
    left join stores on stores.store_id = huff_stores.store_id
    where
        not huff_stores.competitor
        and huff_stores.settled
        and huff_stores.observed > 0
        and huff_stores.predicted is not null
        and ($region is null or stores.region = $region)
)
