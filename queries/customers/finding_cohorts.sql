-- The finding of the retention: how many new customers bought again within 12 months, beside those of a year before.
-- Of the last 12 months of first purchase that have been followed for 12 months. Cases: none (there is none), alone (no such 12 months
-- before), better, worse, same. A direction is named when the shares differ by more than 1.96 standard errors of their
-- difference, under one common share.
-- @param sales_channel: text = null -- sales channel of the first purchase: web, store, post or phone; all when absent
-- @param region: text = null -- region of the customer; all when absent
-- @param min_group_size: integer = 11 -- fewer customers carry no figure; 0 hides none
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
chosen as (
    select
        newest.to_on,
        newest.first_on <= newest.to_on - interval '23 months' as has_before,
        cohorts.cohort_on > newest.to_on - interval '12 months' as is_last,
        case when cohorts.months_since = 0 then cohorts.customers else 0 end as customers,
        cohorts.second_purchases
    from newest
    inner join cohorts on cohorts.cohort_on <= newest.to_on and cohorts.cohort_on > newest.to_on - interval '24 months'
    where
        cohorts.months_since <= 12
        and ($sales_channel is null or cohorts.first_channel = $sales_channel)
        and ($region is null or cohorts.region = $region)
),
sums as (
    select
        max(to_on) as to_on,
        coalesce(bool_and(has_before), false) as has_before,
        cast(sum(customers) filter (where is_last) as double) as customers,
        cast(sum(second_purchases) filter (where is_last) as double) as repeat_customers,
        cast(sum(customers) filter (where not is_last) as double) as customers_before,
        cast(sum(second_purchases) filter (where not is_last) as double) as repeat_customers_before
    from chosen
),
shares as (
    select
        to_on,
        customers,
        repeat_customers / customers as repeat_share,
        case when has_before and customers_before >= $min_group_size
            then repeat_customers_before / customers_before
        end as repeat_share_before,
        (repeat_customers + repeat_customers_before) / (customers + customers_before) as common_share,
        1 / customers + 1 / customers_before as inverse_sizes
    from sums
    where customers >= $min_group_size
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
