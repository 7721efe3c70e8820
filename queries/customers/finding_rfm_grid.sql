-- The finding of the grid, of all customers or of a segment's: the cell that carries most of the value.
-- Cases: none (no value), best.
-- @param segment: text = null -- segment of the customer: champions, loyal, promising, dormant, at_risk or lost; all when absent
-- @param sales_channel: text = null -- preferred channel of the customer: web, store, post or phone; all when absent
-- @param region: text = null -- region of the customer; all when absent
-- @param cohort_on: date = null -- first day of the month of first purchase; all when absent
-- @column case: text -- none or best
-- @column recency_score: number -- its recency score
-- @column frequency_score: number -- its frequency score
-- @column clv_share: ratio -- its share of the value
-- @column customers_share: ratio -- its share of the customers
with ranked as (
    select
        recency_score,
        frequency_score,
        sum(customers) as customers,
        sum(clv) as clv,
        sum(sum(customers)) over () as all_customers,
        sum(sum(clv)) over () as all_clv,
        row_number() over (
            -- Cells with too few customers to show come last.
            order by sum(customers) >= 11 desc, sum(clv) desc nulls last, recency_score, frequency_score
        ) as place
    from value_by_score
    where
        ($segment is null or segment = $segment)
        and ($sales_channel is null or preferred_channel = $sales_channel)
        and ($region is null or region = $region)
        and ($cohort_on is null or cohort_on = $cohort_on)
    group by recency_score, frequency_score
)
select
    case when count(clv) > 0 then 'best' else 'none' end as "case",
    max(recency_score) as recency_score,
    max(frequency_score) as frequency_score,
    cast(max(clv) as double) / nullif(cast(max(all_clv) as double), 0) as clv_share,
    cast(max(customers) as double) / max(all_customers) as customers_share
from ranked
where place = 1 and customers >= 11
