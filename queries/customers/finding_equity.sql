-- The finding of the equity: what the base is worth with the customers to come, net of costs where they are known.
-- Cases: none (no value), net, gross (no marketing costs), present (no customers to come).
-- @column case: text -- none, net, gross or present
-- @column equity: money -- sum of all parts
-- @column present_customers: money -- value of present customers
-- @column customers_to_come: money -- value of customers to come
-- @column costs: money -- acquisition, retention and service, below zero
-- @column costs_known: text -- yes or no
with summed as (
    select
        sum(amount) as equity,
        sum(amount) filter (where part = 'present_customers') as present_customers,
        sum(amount) filter (where part = 'customers_to_come') as customers_to_come,
        sum(amount) filter (where part not in ('present_customers', 'customers_to_come')) as costs
    from customer_equity
)
select
    case
        when equity is null then 'none'
        when customers_to_come is null then 'present'
        when costs is null then 'gross'
        else 'net'
    end as "case",
    cast(equity as decimal(18, 2)) as equity,
    cast(present_customers as decimal(18, 2)) as present_customers,
    cast(customers_to_come as decimal(18, 2)) as customers_to_come,
    cast(costs as decimal(18, 2)) as costs,
    case when costs is null then 'no' else 'yes' end as costs_known
from summed
