-- Customers by where they are on the as-of day and were 364 days before, and by what they may be chosen by.
everyone_moving as (
    select
        cohort_on,
        preferred_channel as sales_channel,
        region,
        recency_score,
        frequency_score,
        before,
        after,
        after as segment,
        coalesce(before, 'new') as origin,
        case
            when after_rank < before_rank then 'better'
            when after_rank > before_rank then 'worse'
            when before is not null then 'stable'
        end as move,
        customers
    from segment_moves
)
