-- Personas: what sets each apart, how many customers belong to it and what they are worth.
-- A customer counts in the persona that he most probably belongs to. The interval adds up the bounds of the customers, which errs
-- on the wide side.
-- @small customers by persona: customers, customers_share, clv, clv_low, clv_high, clv_share, mean_clv
-- @across sales_channel, region, cohort_on: everyone_valued
-- @together
-- @column persona: number -- 1 with the highest mean CLV of all customers
-- @column trait_1: text -- first trait: a category, or a feature with _more or _less; none without
-- @column comma_2: text -- what stands before the second trait
-- @column trait_2: text -- second trait
-- @column comma_3: text -- what stands before the third trait
-- @column trait_3: text -- third trait
-- @column customers: count -- customers
-- @column customers_share: ratio -- their share of all with a persona
-- @column clv: money -- their value; empty where customers are too few to show
-- @column clv_low: money -- lower end of its 95 % interval
-- @column clv_high: money -- upper end of its 95 % interval
-- @column clv_share: ratio -- its share of the value of all with a persona
-- @column mean_clv: money -- mean value of a customer
with
-- @with customers/everyone_valued
-- @with customers/value_by_persona
shares as (
    select
        *,
        cast(customers as double) / sum(customers) over () as customers_share,
        cast(clv as double) / nullif(cast(sum(clv) over () as double), 0) as clv_share
    from summed
)
select
    shares.persona,
    coalesce(names.trait_1, 'none') as trait_1,
    case when names.trait_2 <> '' then ', ' else '' end as comma_2,
    coalesce(names.trait_2, '') as trait_2,
    case when names.trait_3 <> '' then ', ' else '' end as comma_3,
    coalesce(names.trait_3, '') as trait_3,
    shares.customers,
    shares.customers_share,
    cast(clv as decimal(18, 2)) as clv,
    cast(clv_low as decimal(18, 2)) as clv_low,
    cast(clv_high as decimal(18, 2)) as clv_high,
    clv_share,
    cast(cast(clv as double) / customers as decimal(18, 2)) as mean_clv
from shares
left join persona_names names on names.persona = shares.persona
order by persona
