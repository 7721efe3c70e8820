-- The finding of the stores that opened: how far their first year is from what the model says of a settled store.
-- Cases: none (no opening), few (fewer than five whole first years: no direction), grow (below in the first year, less so once open for
-- two years), short (below), over (above), flat. A direction is named only when those below and above differ by more than twice the
-- square root of their number: the sign test at two standard deviations. First years count from 330 days on.
-- @param region: text = null -- region in which the store stands; all when absent
-- @column case: text -- none, few, grow, short, over or flat
-- @column stores: count -- stores that opened
-- @column whole: count -- of them those with a whole first year
-- @column below: count -- of these those below what the model says
-- @column first_error: change -- first year over predicted, less 1, of the store in the middle
-- @column settled: count -- stores open for at least two years
-- @column settled_first_error: change -- their first year over predicted, less 1, of the store in the middle
-- @column settled_error: change -- their last 12 months over predicted, less 1, of the store in the middle
-- @column held_80: count -- of the settled those whose last 12 months lie in the 80 % interval
with known as (
    select
        first_year / nullif(predicted, 0) - 1 as first_error,
        latest_year / nullif(predicted, 0) - 1 as latest_error,
        store_changes.observed_days >= 330 as whole,
        store_changes.latest_year is not null
            and store_changes.opened_on <= huff_models.observed_to - interval '2 years' as settled,
        store_changes.latest_year between store_changes.low_80 and store_changes.high_80 as held
    from store_changes
    cross join (select max(observed_to) as observed_to from huff_models where chosen) as huff_models
    left join stores on stores.store_id = store_changes.store_id
    where $region is null or stores.region = $region
),
sums as (
    select
        count(*) as stores,
        count(*) filter (where whole) as whole,
        count(*) filter (where whole and first_error < 0) as below,
        count(*) filter (where whole and first_error > 0) as above,
        median(case when whole then first_error end) as first_error,
        count(*) filter (where settled) as settled,
        median(case when settled then first_error end) as settled_first_error,
        median(case when settled then latest_error end) as settled_error,
        count(*) filter (where settled and held) as held_80
    from known
)
select
    case
        when stores = 0 then 'none'
        when whole < 5 then 'few'
        when below - above > 2 * sqrt(whole) and settled >= 3 and settled_error > settled_first_error then 'grow'
        when below - above > 2 * sqrt(whole) then 'short'
        when above - below > 2 * sqrt(whole) then 'over'
        else 'flat'
    end as "case",
    stores,
    whole,
    below,
    first_error,
    settled,
    settled_first_error,
    settled_error,
    held_80
from sums
