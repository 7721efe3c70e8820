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
bought as (
    select
        cohorts.cohort,
        sales.customer_number,
        sales.ordered_on
    from cohorts
    inner join sales
        on sales.sales_channel = cohorts.sales_channel and coalesce(sales.region, '') = coalesce(cohorts.region, '')
    where sales.orders = 1 and sales.customer_number is not null
),
-- @with rollup/changes
select
    sums.changed_on,
    cohorts.sales_channel,
    cohorts.region,
    sums.change
from sums
inner join cohorts on cohorts.cohort = sums.cohort
where sums.change <> 0
