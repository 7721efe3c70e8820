-- The customers of the as-of day by what they may be chosen by: how many a value of a filter has beside the others.
everyone as (
    select
        cast(date_trunc('month', first_on) as date) as cohort_on,
        preferred_channel as sales_channel,
        region,
        segment,
        recency_score,
        frequency_score,
        1 as customers
    from rfm
    where as_of_on = (select max(as_of_on) from rfm)
)
