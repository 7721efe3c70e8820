-- The finding of the regions: how many rise and fall, and which one carries the change.
-- Cases: empty (no located sale), alone (no last year), one (one region only), rise, fall, flat. With n regions compared, a
-- direction is named only when those above and below by more than 1 % differ by more than twice the square root of n (sign
-- test) or when all of at least three agree; else the case is flat. The unlocated are left out.
-- @param sales_channel: text = null -- web, store, post or phone; all when absent
-- @param region: text = null -- region of the customer when ordering; all when absent
-- @column case: text -- empty, alone, one, rise, fall or flat
-- @column regions: count -- regions compared
-- @column above: count -- regions more than 1 % above last year
-- @column below: count -- regions more than 1 % below last year
-- @column best_region: text -- region with the largest gain in money
-- @column best_amount: money change -- its difference
-- @column best_change: change -- its relative change
-- @column worst_region: text -- region with the largest loss in money
-- @column worst_amount: money change -- its difference
-- @column worst_change: change -- its relative change
-- @column largest_region: text -- region with the most revenue
-- @column largest_share: ratio -- its share of located revenue
with
-- @with overview/revenue_by(of = region, other = sales_channel)
regions as (
    select
        *,
        case when has_last_year then cast(net_revenue - last_year as double) end as amount,
        case when has_last_year and last_year > 0
            then cast(net_revenue as double) / cast(last_year as double) - 1
        end as change
    from sums
    cross join history
    where region is not null and ($region is null or region = $region)
),
facts as (
    select
        count(change) as regions,
        count(*) filter (where change > 0.01) as above,
        count(*) filter (where change < -0.01) as below,
        first_value(region order by amount desc nulls last, region) as best_region,
        max(amount) as best_amount,
        first_value(change order by amount desc nulls last, region) as best_change,
        first_value(region order by amount asc nulls last, region) as worst_region,
        min(amount) as worst_amount,
        first_value(change order by amount asc nulls last, region) as worst_change,
        first_value(region order by net_revenue desc, region) as largest_region,
        max(cast(net_revenue as double)) / nullif(greatest(cast(sum(net_revenue) as double), 0), 0) as largest_share,
        count(*) filter (where net_revenue <> 0) as with_revenue
    from regions
)
select
    case
        when coalesce(with_revenue, 0) = 0 then 'empty'
        when regions = 0 then 'alone'
        when regions = 1 then 'one'
        when above - below > 2 * sqrt(regions) or (above = regions and regions >= 3) then 'rise'
        when below - above > 2 * sqrt(regions) or (below = regions and regions >= 3) then 'fall'
        else 'flat'
    end as "case",
    regions,
    above,
    below,
    case when best_amount > 0 then best_region end as best_region,
    cast(case when best_amount > 0 then best_amount end as decimal(18, 2)) as best_amount,
    case when best_amount > 0 then best_change end as best_change,
    case when worst_amount < 0 then worst_region end as worst_region,
    cast(case when worst_amount < 0 then worst_amount end as decimal(18, 2)) as worst_amount,
    case when worst_amount < 0 then worst_change end as worst_change,
    largest_region,
    largest_share
from facts
