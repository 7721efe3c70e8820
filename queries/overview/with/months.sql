-- The months of the period, and the first day of the lake.
-- @param from_on: date -- first day of the period
-- @param to_on: date -- last day of the period
history as (
    select min(first_on) as first_on from order_sources
),
months as (
    select cast(month as date) as month
    from (
        select unnest(
            generate_series(cast(date_trunc('month', $from_on) as date), $to_on, interval '1 month')
        ) as month
    )
)
