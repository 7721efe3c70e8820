-- How many customers each persona has and what they are worth.
-- @param sales_channel: text = null -- preferred channel of the customer: web, store, post or phone; all when absent
-- @param region: text = null -- region of the customer; all when absent
-- @param cohort_on: date = null -- first day of the month of first purchase; all when absent
summed as (
    select
        persona,
        count(*) as customers,
        sum(clv) as clv,
        case when count(clv_high) = count(clv) then sum(clv_low) end as clv_low,
        case when count(clv_high) = count(clv) then sum(clv_high) end as clv_high
    from customer_value
    where
        persona is not null
        and ($sales_channel is null or preferred_channel = $sales_channel)
        and ($region is null or region = $region)
        and ($cohort_on is null or (first_on >= $cohort_on and first_on < $cohort_on + interval '1 month'))
    group by persona
)
