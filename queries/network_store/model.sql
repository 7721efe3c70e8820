-- What a store sold, what the fitted model expects of it, and what the model expects when the store's own sales are left out.
-- @param store_id: text -- store
-- @column rank: number -- place
-- @column kind: text -- observed, expected or predicted
-- @column amount: money -- sales while it was open
-- @column low_80: money -- 80 % interval; only of predicted
-- @column high_80: money -- 80 % interval
-- @column low_95: money -- 95 % interval
-- @column high_95: money -- 95 % interval
-- @column difference: change -- over observed, less 1
-- @column notation: text -- measured or predicted
with store as (
    select * from huff_stores where store_id = $store_id and observed > 0
),
lines as (
    select 1 as rank, 'observed' as kind, observed as amount, null as low_80, null as high_80, null as low_95, null as high_95, observed
    from store
    union all
    select 2 as rank, 'predicted', predicted, predicted_low_80, predicted_high_80, predicted_low_95, predicted_high_95, observed
    from store
    where predicted is not null
    union all
    select 3 as rank, 'expected', expected, null, null, null, null, observed
    from store
    where expected is not null
)
select
    rank,
    kind,
    cast(amount as decimal(18, 2)) as amount,
    cast(low_80 as decimal(18, 2)) as low_80,
    cast(high_80 as decimal(18, 2)) as high_80,
    cast(low_95 as decimal(18, 2)) as low_95,
    cast(high_95 as decimal(18, 2)) as high_95,
    case when kind <> 'observed' then amount / observed - 1 end as difference,
    case when kind = 'observed' then 'measured' else 'predicted' end as notation
from lines
order by rank
