-- The finding of the bridge: how much the value changed in a year, and the step that moved it most, whichever way.
-- Cases: none (no value on either day), few (too few customers in a step), rise, fall, flat (by less than 1 %).
-- @small customers by part in summed: customers, amount
-- @across sales_channel, region, cohort_on: everyone_bridged
-- @column case: text -- none, few, rise, fall or flat
-- @column last_year: money -- value 364 days before
-- @column this_year: money -- value on the as-of day
-- @column change: money change -- one less the other
-- @column step: text -- largest step: new_customers, retained_value, lost_value or spend_change
-- @column step_amount: money change -- its amount
-- @column against: text -- largest step the other way
-- @column against_amount: money change -- its amount
with
-- @with customers/everyone_bridged
-- @with customers/bridge_parts
found as (
    select
        count(*) as parts,
        coalesce(sum(amount) filter (where part = 'last_year'), 0) as last_year,
        coalesce(sum(amount) filter (where part = 'this_year'), 0) as this_year,
        first_value(part order by amount desc, part) filter (where part not in ('last_year', 'this_year')) as best,
        max(amount) filter (where part not in ('last_year', 'this_year')) as best_amount,
        first_value(part order by amount, part) filter (where part not in ('last_year', 'this_year')) as worst,
        min(amount) filter (where part not in ('last_year', 'this_year')) as worst_amount
    from summed
    where not exists (select 1 from summed as any_part where any_part.customers is null)
)
select
    case
        when parts = 0 and (select count(*) from summed) > 0 then 'few'
        when parts = 0 then 'none'
        when abs(this_year - last_year) < last_year * 0.01 then 'flat'
        when this_year > last_year then 'rise'
        else 'fall'
    end as "case",
    cast(last_year as decimal(18, 2)) as last_year,
    cast(this_year as decimal(18, 2)) as this_year,
    cast(this_year - last_year as decimal(18, 2)) as change,
    case when best_amount >= -worst_amount then best else worst end as step,
    cast(case when best_amount >= -worst_amount then best_amount else worst_amount end as decimal(18, 2)) as step_amount,
    case when best_amount >= -worst_amount then worst else best end as against,
    cast(case when best_amount >= -worst_amount then worst_amount else best_amount end as decimal(18, 2)) as against_amount
from found
