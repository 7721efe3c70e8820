-- One cell of the revenue map per month, beside the same days a year before (minus 364 days).
-- A month with fewer than min_group_size customers carries no figure, nor does a month of last year with fewer.
-- @param min_group_size: integer = 11 -- cells with fewer customers carry no figure; 0 hides none
-- @column month: month -- first day of the month
-- @column suppressed: boolean -- whether the month has too few customers to carry a figure
-- @column net_revenue: money -- without VAT and shipping, refunds taken off
-- @column last_year: money -- the same days a year before
with
-- @with overview/months
-- @with network/sold_in_cell
days as (
    select ordered_on as day, false as last_year, customer_number, orders, net_revenue
    from sold
    where ordered_on >= $from_on
    union all
    select ordered_on + interval '364 days', true, customer_number, orders, net_revenue
    from sold
    where ordered_on <= $to_on - interval '364 days'
),
sums as (
    select
        cast(date_trunc('month', day) as date) as month,
        coalesce(sum(net_revenue) filter (where not last_year), 0) as net_revenue,
        count(distinct case when not last_year and orders = 1 then customer_number end) as customers,
        coalesce(sum(net_revenue) filter (where last_year), 0) as last_year,
        count(distinct case when last_year and orders = 1 then customer_number end) as customers_last_year
    from days
    group by cast(date_trunc('month', day) as date)
)
select
    months.month,
    coalesce(sums.customers, 0) < $min_group_size as suppressed,
    cast(case when sums.customers >= $min_group_size then sums.net_revenue end as decimal(18, 2)) as net_revenue,
    cast(
        case
            when sums.customers_last_year >= $min_group_size
                and first_on <= greatest(months.month, $from_on) - interval '364 days'
                then sums.last_year
        end as decimal(18, 2)
    ) as last_year
from months
cross join history
left join sums on sums.month = months.month
order by months.month
