-- From last year's value of the customers of then to this year's value of the customers of now, as steps; they add up to the cent.
-- No rows where a part has too few customers: the steps follow from each other.
-- @small customers by part in summed: customers, amount
-- @across sales_channel, region, cohort_on: everyone_bridged
-- @column part: text -- last_year, new_customers, retained_value, lost_value, spend_change or this_year
-- @column part_order: number -- place among the parts
-- @column customers: count -- customers in it
-- @column customers_now: count -- the same, of this_year alone
-- @column amount: money -- value, or what changed it
-- @column total: money -- amount of what is drawn from zero: last_year, this_year
-- @column step: money change -- amount of a step, what is between them
-- @column step_from: money -- where a step begins
-- @column step_to: money -- where it ends
with
-- @with customers/everyone_bridged
listed as (
    select * from (values
        ('last_year', 1), ('new_customers', 2), ('retained_value', 3), ('lost_value', 4), ('spend_change', 5), ('this_year', 6)
    ) as listed (part, part_order)
),
-- @with customers/bridge_parts
parts as (
    select
        listed.part,
        listed.part_order,
        coalesce(summed.customers, 0) as customers,
        coalesce(summed.amount, 0) as amount
    from listed
    left join summed on summed.part = listed.part
    where
        exists (select 1 from summed)
        and not exists (select 1 from summed where customers is null)
),
steps as (
    select
        *,
        part not in ('last_year', 'this_year') as is_step,
        sum(amount) over (order by part_order) as reached
    from parts
)
select
    part,
    part_order,
    customers,
    case when part = 'this_year' then customers end as customers_now,
    cast(amount as decimal(18, 2)) as amount,
    cast(case when not is_step then amount end as decimal(18, 2)) as total,
    cast(case when is_step then amount end as decimal(18, 2)) as step,
    cast(case when is_step then reached - amount end as decimal(18, 2)) as step_from,
    cast(case when is_step then reached end as decimal(18, 2)) as step_to
from steps
order by part_order
