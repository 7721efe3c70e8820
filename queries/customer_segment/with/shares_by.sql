-- The customers of a segment by {of}, beside all customers.
-- @argument of -- column by which customers are told apart
-- @argument other -- another column, by which they are chosen
-- @argument chosen -- the parameter that has its value
-- @param segment: text -- segment of the customer: champions, loyal, promising, dormant, at_risk or lost
-- @param cohort_on: date = null -- first day of the month of first purchase; all when absent
-- @param recency_score: integer = null -- recency score, 1 (long ago) to 5 (lately); all when absent
-- @param frequency_score: integer = null -- frequency score, 1 (once) to 5 (often); all when absent
-- @param {chosen}: text = null -- the {other} that counts; all when absent
sums as (
    select
        {of},
        count(*) as all_customers,
        count(*) filter (where inside) as customers,
        sum(clv) filter (where inside) as clv
    from (
        select
            *,
            segment = $segment
                and ($recency_score is null or recency_score = $recency_score)
                and ($frequency_score is null or frequency_score = $frequency_score) as inside
        from customer_value
    ) as chosen
    where
        (${chosen} is null or {other} = ${chosen})
        and ($cohort_on is null or (first_on >= $cohort_on and first_on < $cohort_on + interval '1 month'))
    group by {of}
),
shares as (
    select
        *,
        sum(customers) over () > 0 as has_customers,
        cast(customers as double) / nullif(sum(customers) over (), 0) as share,
        cast(all_customers as double) / sum(all_customers) over () as all_share,
        cast(clv as double) / nullif(cast(sum(clv) over () as double), 0) as clv_share
    from sums
)
