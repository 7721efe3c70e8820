-- New customers by their first purchase, with the quarter and half-year of it.
everyone_won as (
    select
        calendar.quarter_on,
        calendar.half_on,
        cohorts.cohort_on,
        cohorts.months_since,
        (cohorts.months_since + 2) / 3 as quarters_since,
        cohorts.first_channel as sales_channel,
        cohorts.region,
        case when cohorts.months_since = 0 then cohorts.customers else 0 end as customers,
        case when cohorts.months_since > 0 then cohorts.active_in_quarter else 0 end as active_customers,
        case when cohorts.months_since <= 12 then cohorts.second_purchases else 0 end as repeat_customers
    from cohort_calendar as calendar
    inner join cohorts on cohorts.cohort_on = calendar.cohort_on
)
