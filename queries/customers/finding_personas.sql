-- The finding of the personas: the one with the most value per customer.
-- Cases: none (no persona of enough customers), best.
-- @small customers by persona in shares: mean_clv, customers_share, clv_share
-- @across sales_channel, region, cohort_on: everyone_valued
-- @together
-- @column case: text -- none or best
-- @column trait_1: text -- first trait: a category, or a feature with _more or _less; none without
-- @column comma_2: text -- what stands before the second trait
-- @column trait_2: text -- second trait
-- @column comma_3: text -- what stands before the third trait
-- @column trait_3: text -- third trait
-- @column mean_clv: money -- mean value of one of its customers
-- @column mean_clv_of_all: money -- mean value of a customer of any persona
-- @column customers_share: ratio -- its share of the customers
-- @column clv_share: ratio -- its share of the value
with
-- @with customers/everyone_valued
-- @with customers/value_by_persona
shares as (
    select
        persona,
        customers,
        cast(clv as double) / customers as mean_clv,
        cast(sum(clv) over () as double) / sum(customers) over () as mean_clv_of_all,
        cast(customers as double) / sum(customers) over () as customers_share,
        cast(clv as double) / nullif(cast(sum(clv) over () as double), 0) as clv_share
    from summed
),
ranked as (
    select
        *,
        row_number() over (order by mean_clv desc nulls last, persona) as place
    from shares
)
select
    case when shares.mean_clv is not null then 'best' else 'none' end as "case",
    coalesce(names.trait_1, 'none') as trait_1,
    case when names.trait_2 <> '' then ', ' else '' end as comma_2,
    coalesce(names.trait_2, '') as trait_2,
    case when names.trait_3 <> '' then ', ' else '' end as comma_3,
    coalesce(names.trait_3, '') as trait_3,
    cast(shares.mean_clv as decimal(18, 2)) as mean_clv,
    cast(case when shares.mean_clv is not null then shares.mean_clv_of_all end as decimal(18, 2)) as mean_clv_of_all,
    shares.customers_share,
    shares.clv_share
from ranked as shares
left join persona_names names on names.persona = shares.persona
where shares.place = 1
