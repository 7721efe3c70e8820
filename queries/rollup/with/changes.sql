-- By how many the customers of each cohort that are active change on each day, from the orders of `bought`: each order makes its
-- customer active until the next such order or until 12 months have passed, whichever is first.
purchases as (
    select
        cohort,
        ordered_on,
        lead(ordered_on) over (partition by customer_number, cohort order by ordered_on) as next_on,
        ordered_on + interval '12 months' as year_later_on
    from bought
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
