-- The finding of the acquisition: the channels whose new customers return most and least of what winning them cost, among those
-- through which a twentieth of the new customers came at least.
-- Cases: none (no channel), ratios, one_ratio (costs of a single channel), values (no costs), one_value (likewise, one channel).
-- @small new_customers by first_channel in ratios: value, ratio
-- @together
-- @column case: text -- none, ratios, one_ratio, values or one_value
-- @column best: text -- channel with the highest value over cost; without costs with the highest value
-- @column best_ratio: number -- its value over cost
-- @column best_value: money -- its value per customer
-- @column worst: text -- channel with the lowest
-- @column worst_ratio: number -- its value over cost
-- @column worst_value: money -- its value per customer
with ratios as (
    select
        first_channel,
        new_customers,
        value_per_customer as value,
        cast(value_per_customer as double) / nullif(cast(cost_per_customer as double), 0) as ratio
    from acquisition_value
),
ranked as (
    select
        *,
        row_number() over (order by ratio desc nulls last, value desc, first_channel) as place,
        -- A channel without costs is neither best nor worst where others have them.
        case when count(ratio) over () > 0 then count(ratio) over () else count(*) over () end as compared
    from ratios
    where value is not null and 20 * new_customers >= (select sum(new_customers) from acquisition_value)
),
found as (
    select
        count(*) as channels,
        count(ratio) as costed,
        max(first_channel) filter (where place = 1) as best,
        max(ratio) filter (where place = 1) as best_ratio,
        max(value) filter (where place = 1) as best_value,
        max(first_channel) filter (where place = compared) as worst,
        max(ratio) filter (where place = compared) as worst_ratio,
        max(value) filter (where place = compared) as worst_value
    from ranked
)
select
    case
        when channels = 0 then 'none'
        when costed > 1 then 'ratios'
        when costed = 1 then 'one_ratio'
        when channels = 1 then 'one_value'
        else 'values'
    end as "case",
    best,
    best_ratio,
    best_value,
    worst,
    worst_ratio,
    worst_value
from found
