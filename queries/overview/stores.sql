-- Stores of a period with their change against the same days a year before (minus 364 days).
-- Only like-for-like stores (open during the whole of both periods) have a change and a rank by it; a store whose day of
-- opening is unknown counts as open before. Equal changes are ranked by store id.
-- @param top: integer = null -- keep only the stores with the so many best and worst changes; all when absent
-- @column store_id: text -- store
-- @column name: text -- name of the store; its id when the lake has no table of stores
-- @column store_region: text -- region in which the store stands
-- @column format: text -- kind of store
-- @column net_revenue: money -- without VAT and shipping, refunds taken off
-- @column last_year: money -- the same days a year before, like-for-like stores only
-- @column change: change -- relative change, like-for-like stores only
-- @column change_amount: money change -- difference, like-for-like stores only
-- @column orders: count -- orders, refunds not counted
-- @column like_for_like: boolean -- open during the whole of both periods
-- @column end_of_list: text -- top or bottom, for the stores with the best and worst changes
-- @column rank_by_revenue: count -- 1 is the largest
-- @column rank_by_change: count -- 1 is the best
-- @column rank_from_last: count -- 1 is the worst change
with
-- @with overview/revenue_by_store
compared as (
    select
        sums.*,
        coalesce(stores.name, sums.store_id) as name,
        stores.region as store_region,
        stores.format,
        has_last_year
        and sums.last_year > 0
        and stores.store_id is not null
        and coalesce(stores.opened_on <= $from_on - interval '364 days', true)
        and coalesce(stores.closed_on >= $to_on, true) as like_for_like
    from sums
    cross join history
    left join stores on stores.store_id = sums.store_id
),
changes as (
    select
        *,
        case when like_for_like then cast(net_revenue as double) / cast(last_year as double) - 1 end as change
    from compared
    where net_revenue <> 0 or orders > 0 or like_for_like
),
ranked as (
    select
        *,
        row_number() over (order by net_revenue desc, store_id) as rank_by_revenue,
        case when like_for_like
            then row_number() over (order by change desc nulls last, store_id)
        end as rank_by_change,
        case when like_for_like
            then row_number() over (order by change asc nulls last, store_id desc)
        end as rank_from_last
    from changes
)
select
    store_id,
    name,
    store_region,
    format,
    cast(net_revenue as decimal(18, 2)) as net_revenue,
    cast(case when like_for_like then last_year end as decimal(18, 2)) as last_year,
    change,
    cast(case when like_for_like then net_revenue - last_year end as decimal(18, 2)) as change_amount,
    orders,
    like_for_like,
    case when rank_by_change <= rank_from_last then 'top' when like_for_like then 'bottom' end as end_of_list,
    rank_by_revenue,
    rank_by_change,
    rank_from_last
from ranked
where $top is null or rank_by_change <= $top or rank_from_last <= $top
order by rank_by_change nulls last, rank_by_revenue
