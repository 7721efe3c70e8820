-- How many customers each segment has and what they are worth.
-- @param sales_channel: text = null -- preferred channel of the customer: web, store, post or phone; all when absent
-- @param region: text = null -- region of the customer; all when absent
-- @param cohort_on: date = null -- first day of the month of first purchase; all when absent
valued as (
    select
        segment,
        sum(customers) as customers,
        sum(clv) as clv,
        cast(sum(expected_customers) as double) / sum(customers) as p_order
    from value_by_score
    where
        ($sales_channel is null or preferred_channel = $sales_channel)
        and ($region is null or region = $region)
        and ($cohort_on is null or cohort_on = $cohort_on)
    group by segment
)
