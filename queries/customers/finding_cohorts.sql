-- The finding of the retention: how many new customers bought again within 12 months, beside those of a year before.
-- Of the last 12 months of first purchase that have been followed for 12 months. Cases: none (there is none), alone (no such 12 months
-- before), better, worse, same. A direction is named when the shares differ by more than 1.96 standard errors of their
-- difference, under one common share.
-- @param sales_channel: text = null -- sales channel of the first purchase: web, store, post or phone; all when absent
-- @param region: text = null -- region of the customer; all when absent
-- @small customers in sums: customers, repeat_customers
-- @across sales_channel, region: everyone_compared
-- @small repeat_customers in sums: repeat_customers
-- @across sales_channel, region: everyone_compared
-- @small customers_before in sums: customers_before, repeat_customers_before
-- @across sales_channel, region: everyone_compared
-- @small repeat_customers_before in sums: repeat_customers_before
-- @across sales_channel, region: everyone_compared
-- @column case: text -- none, alone, better, worse or same
-- @column from_on: month -- first month of first purchase
-- @column to_on: month -- last month of first purchase
-- @column customers: count -- customers with their first purchase in these months
-- @column repeat_share: ratio -- share with a second purchase day within 12 months since
-- @column repeat_share_before: ratio -- that of the 12 months of first purchase before
with newest as (
    select
        min(cohort_on) as first_on,
        max(cohort_on) filter (where months_followed >= 12) as to_on
    from cohort_calendar
),
compared as (
    select
        newest.to_on,
        newest.first_on <= newest.to_on - interval '23 months' as has_before,
        cohorts.cohort_on > newest.to_on - interval '12 months' as is_last,
        cohorts.first_channel as sales_channel,
        cohorts.region,
        case when cohorts.months_since = 0 then cohorts.customers else 0 end as customers,
        cohorts.second_purchases
    from newest
    inner join cohorts on cohorts.cohort_on <= newest.to_on and cohorts.cohort_on > newest.to_on - interval '24 months'
    where cohorts.months_since <= 12
),
everyone_compared as (
    select
        sales_channel,
        region,
        case when is_last then customers else 0 end as customers,
        case when is_last then second_purchases else 0 end as repeat_customers,
        case when is_last then 0 else customers end as customers_before,
        case when is_last then 0 else second_purchases end as repeat_customers_before
    from compared
),
sums as (
    select
        max(to_on) as to_on,
        coalesce(bool_and(has_before), false) as has_before,
        cast(coalesce(sum(customers) filter (where is_last), 0) as double) as customers,
        cast(coalesce(sum(second_purchases) filter (where is_last), 0) as double) as repeat_customers,
        cast(coalesce(sum(customers) filter (where not is_last), 0) as double) as customers_before,
        cast(coalesce(sum(second_purchases) filter (where not is_last), 0) as double) as repeat_customers_before
    from compared
    where
        ($sales_channel is null or sales_channel = $sales_channel)
        and ($region is null or region = $region)
),
shares as (
    select
        to_on,
        customers,
        repeat_customers / customers as repeat_share,
        case when has_before then repeat_customers_before / nullif(customers_before, 0) end as repeat_share_before,
        (repeat_customers + repeat_customers_before) / (customers + customers_before) as common_share,
        1 / customers + 1 / nullif(customers_before, 0) as inverse_sizes
    from sums
    where customers > 0 and repeat_customers is not null
)
select
    case
        when count(*) = 0 then 'none'
        when max(repeat_share_before) is null then 'alone'
        when
            abs(max(repeat_share - repeat_share_before))
            <= 1.96 * sqrt(max(common_share * (1 - common_share) * inverse_sizes))
            then 'same'
        when max(repeat_share) > max(repeat_share_before) then 'better'
        else 'worse'
    end as "case",
    cast(max(to_on) - interval '11 months' as date) as from_on,
    max(to_on) as to_on,
    cast(max(customers) as bigint) as customers,
    max(repeat_share) as repeat_share,
    max(repeat_share_before) as repeat_share_before
from shares
