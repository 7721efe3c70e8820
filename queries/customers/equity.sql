-- Parts of customer equity and their sum, as steps: from where each begins to where it ends.
-- Discounted at 8 % a year to the as-of day; whole company. The interval of the sum adds up the bounds of the parts, which errs on
-- the wide side: their errors have the same parameters in common.
-- @column part: text -- present_customers, customers_to_come, acquisition_cost, retention_cost, service_cost or equity, their sum
-- @column part_order: number -- place among the parts
-- @column amount: money -- amount; costs below zero
-- @column amount_low: money -- lower end of its 95 % interval; empty for costs
-- @column amount_high: money -- upper end of its 95 % interval
-- @column total: money -- amount of what is drawn from zero: present customers, the sum
-- @column step: money change -- amount of a step, whatever is not drawn from zero
-- @column step_from: money -- where a step begins
-- @column step_to: money -- where it ends
-- @column low_at: money -- lower end of the interval, from where the step begins
-- @column high_at: money -- upper end of the interval, likewise
with listed as (
    select * from (values
        ('present_customers', 1), ('customers_to_come', 2), ('acquisition_cost', 3), ('retention_cost', 4), ('service_cost', 5)
    ) as listed (part, part_order)
),
parts as (
    select
        listed.part,
        listed.part_order,
        customer_equity.amount,
        customer_equity.amount_low,
        customer_equity.amount_high,
        sum(customer_equity.amount) over (order by listed.part_order) as reached
    from customer_equity
    inner join listed on listed.part = customer_equity.part
),
placed as (
    select
        part,
        part_order,
        amount,
        amount_low,
        amount_high,
        case when part_order = 1 then amount end as total,
        case when part_order > 1 then amount end as step,
        case when part_order > 1 then reached - amount end as step_from,
        case when part_order > 1 then reached end as step_to,
        reached - amount as base
    from parts
    union all
    select
        'equity',
        6,
        sum(amount),
        sum(coalesce(amount_low, amount)),
        sum(coalesce(amount_high, amount)),
        sum(amount),
        null,
        null,
        null,
        0
    from parts
    having count(*) > 1
)
select
    part,
    part_order,
    cast(amount as decimal(18, 2)) as amount,
    cast(amount_low as decimal(18, 2)) as amount_low,
    cast(amount_high as decimal(18, 2)) as amount_high,
    cast(total as decimal(18, 2)) as total,
    cast(step as decimal(18, 2)) as step,
    cast(step_from as decimal(18, 2)) as step_from,
    cast(step_to as decimal(18, 2)) as step_to,
    cast(base + amount_low as decimal(18, 2)) as low_at,
    cast(base + amount_high as decimal(18, 2)) as high_at
from placed
order by part_order
