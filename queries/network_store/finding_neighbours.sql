-- The finding of the neighbours: with how many stores a store shares its catchment, and with whom most.
-- Cases: none (with nobody), few (no common cells with enough customers), one (a single neighbour), shared.
-- @param store_id: text -- store
-- @small customers by store_id in common: net_revenue
-- @small other_customers by store_id in common: other_net_revenue
-- @small customers in contested: net_revenue
-- @column case: text -- none, few, one or shared
-- @column name: text -- name of the store
-- @column others: count -- stores with common cells
-- @column other_name: text -- the one with the largest share
-- @column share: ratio -- share of the store's revenue in its catchment that comes from cells in common with it
-- @column other_net_revenue: money -- sales of the other store in these cells; empty when too few customers make them
-- @column contested: ratio -- share of the revenue in the catchment from cells that any other store has as well
-- @column observed_from: date -- first day of the 12 months
-- @column observed_to: date -- last day of them
with own as (
    select h3_cell, customers, net_revenue
    from catchments
    where store_id = $store_id and years_ago = 0 and ring <= 80
),
common as (
    select
        other.store_id,
        sum(own.customers) as customers,
        sum(own.net_revenue) as net_revenue,
        sum(other.customers) as other_customers,
        sum(other.net_revenue) as other_net_revenue
    from own
    inner join catchments as other on other.h3_cell = own.h3_cell
    where other.store_id <> $store_id and other.years_ago = 0 and other.ring <= 80
    group by other.store_id
),
shared as (
    select distinct own.h3_cell
    from own
    inner join catchments as other on other.h3_cell = own.h3_cell
    where other.store_id <> $store_id and other.years_ago = 0 and other.ring <= 80
),
whole as (
    select sum(net_revenue) as net_revenue from own
),
contested as (
    select coalesce(sum(own.customers), 0) as customers, sum(own.net_revenue) as net_revenue
    from own
    inner join shared on shared.h3_cell = own.h3_cell
),
most as (
    select
        count(*) as others,
        first_value(common.store_id order by common.net_revenue desc nulls last, common.other_net_revenue desc nulls last, common.store_id)
            filter (where common.net_revenue is not null) as store_id,
        max(common.net_revenue) as net_revenue
    from common
),
named as (
    select coalesce(max(name), $store_id) as name from stores where store_id = $store_id
),
days as (
    select max(observed_from) as observed_from, max(observed_to) as observed_to
    from store_catchments
)
select
    case
        when most.others = 0 then 'none'
        when most.store_id is null then 'few'
        when most.others = 1 then 'one'
        else 'shared'
    end as "case",
    named.name,
    most.others,
    coalesce(stores.name, most.store_id) as other_name,
    cast(most.net_revenue as double) / nullif(cast(whole.net_revenue as double), 0) as share,
    common.other_net_revenue,
    cast(contested.net_revenue as double) / nullif(cast(whole.net_revenue as double), 0) as contested,
    days.observed_from,
    days.observed_to
from most
cross join whole
cross join contested
cross join named
cross join days
left join common on common.store_id = most.store_id
left join stores on stores.store_id = most.store_id
