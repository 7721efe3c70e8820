-- The finding of the stores: how many of the like-for-like stores rise and fall.
-- Cases: empty (no like-for-like store), rise, fall, flat. With n stores compared, a direction is named only when those
-- above and below differ by more than twice the square root of n: the sign test at two standard deviations.
-- @column case: text -- empty, rise, fall or flat
-- @column stores: count -- like-for-like stores compared
-- @column above: count -- stores above last year
-- @column below: count -- stores below last year
-- @column change: change -- relative change of all like-for-like stores together
-- @column best_store: text -- store with the best change
-- @column best_change: change -- its change
-- @column worst_store: text -- store with the worst change
-- @column worst_change: change -- its change
with
-- @with overview/revenue_by_store
compared as (
    select
        stores.name,
        sums.net_revenue,
        sums.last_year,
        cast(sums.net_revenue as double) / cast(sums.last_year as double) - 1 as change
    from sums
    inner join stores on stores.store_id = sums.store_id
    cross join history
    where
        has_last_year
        and sums.last_year > 0
        and coalesce(stores.opened_on <= $from_on - interval '364 days', true)
        and coalesce(stores.closed_on >= $to_on, true)
),
facts as (
    select
        count(*) as stores,
        count(*) filter (where change > 0) as above,
        count(*) filter (where change < 0) as below,
        cast(sum(net_revenue) as double) / nullif(cast(sum(last_year) as double), 0) - 1 as change,
        first_value(name order by change desc, name) as best_store,
        max(change) as best_change,
        first_value(name order by change asc, name) as worst_store,
        min(change) as worst_change
    from compared
)
select
    case
        when stores = 0 then 'empty'
        when above - below > 2 * sqrt(stores) then 'rise'
        when below - above > 2 * sqrt(stores) then 'fall'
        else 'flat'
    end as "case",
    stores,
    above,
    below,
    change,
    best_store,
    best_change,
    worst_store,
    worst_change
from facts
