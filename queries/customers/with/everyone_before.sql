-- The customers of 364 days before the as-of day by what they may be chosen by.
everyone_before as (
    select
        cast(date_trunc('month', first_on) as date) as cohort_on,
        preferred_channel as sales_channel,
        region,
        segment,
        recency_score,
        frequency_score,
        1 as customers_last_year
    from rfm
    where as_of_on < (select max(as_of_on) from rfm)
)
