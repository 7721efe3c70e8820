-- The customers with a value by what they may be chosen by.
everyone_valued as (
    select
        cast(date_trunc('month', first_on) as date) as cohort_on,
        preferred_channel,
        preferred_channel as sales_channel,
        region,
        segment,
        recency_score,
        frequency_score,
        persona,
        1 as customers,
        case when clv is not null then 1 else 0 end as valued
    from customer_value
)
