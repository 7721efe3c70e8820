-- Active customers through a sales channel and from a region: by how many their number changes on each day.
-- A customer is active on a day who ordered through a sales channel and from a region in the 12 months that end with the day. The number of active
-- customers of a day is the sum of all changes up to it, so that any day is exact without counting customers again: each
-- order makes its customer active until the next such order or until 12 months have passed, whichever is first.
-- Grain: one row per day, sales channel and region with a change.
-- @sorted changed_on, sales_channel, region
-- @column changed_on: date -- first day on which the new number holds
-- @column sales_channel: text -- web, store, post or phone
-- @column region: text -- region of the customer when ordering; empty when unknown
-- @column change: count change -- customers who become active less customers who cease to be
with cohorts as (
    -- Numbers sort much faster than texts.
    select
        sales_channel,
        region,
        row_number() over (order by sales_channel, region) as cohort
    from (select distinct sales_channel, region from sales)
),
purchases as (
    select
        cohorts.cohort,
        sales.ordered_on,
        lead(sales.ordered_on) over (
            partition by sales.customer_number, cohorts.cohort order by sales.ordered_on
        ) as next_on,
        sales.ordered_on + interval '12 months' as year_later_on
    from cohorts
    inner join sales
        on sales.sales_channel = cohorts.sales_channel and coalesce(sales.region, '') = coalesce(cohorts.region, '')
    where sales.orders = 1 and sales.customer_number is not null
),
changes as (
    select
        cohort,
        ordered_on as changed_on,
        1 as change
    from purchases
    union all
    select
        cohort,
        least(
            next_on,
            -- 29 February plus 12 months is 28 February, on which the order is still within 12 months.
            case
                when year_later_on - interval '12 months' < ordered_on then year_later_on + interval '1 day'
                else year_later_on
            end
        ) as changed_on,
        -1 as change
    from purchases
),
sums as (
    select
        cohort,
        changed_on,
        sum(change) as change
    from changes
    group by cohort, changed_on
)
select
    sums.changed_on,
    cohorts.sales_channel,
    cohorts.region,
    sums.change
from sums
inner join cohorts on cohorts.cohort = sums.cohort
where sums.change <> 0
