-- The finding of the places for a store: how many would pay, and which is the best. Of neighbours within 10 km the best stands for all.
-- Cases: uncalibrated (there is no model to judge by), empty (no place passes the filters), paying (some earn more than their fixed cost), one (a single one does), gain (none does,
-- or the cost is not known).
-- @column case: text -- uncalibrated, empty, paying, one or gain
-- @column places: count -- places, one for all within 10 km
-- @column paying: count -- of them, those whose margin covers the fixed cost
-- @column cells: count -- cells that pass the filters
-- @column name: text -- commune of the best
-- @column net_gain: money -- what the network would gain by it in a year
-- @column net_gain_low: money -- 80 % interval
-- @column net_gain_high: money -- 80 % interval
-- @column sales: money -- what it would sell
-- @column taken_share: ratio -- of that, taken from the network's own stores
-- @column margin: money -- its margin after the fixed cost
-- @column sales_area_m2: m2 -- sales area of the standard store
-- @column mean_error: ratio -- mean error of the model about a store that it has not seen
with
-- @with network_white_space/wanted
-- @with network_white_space/places
sums as (
    select
        count(*) as places,
        count(*) filter (where margin > 0) as paying
    from places
),
all_cells as (select count(*) as cells from wanted),
first_place as (select * from places order by rank limit 1),
quality as (select max(mean_error) as mean_error, count(*) as models from huff_models where chosen),
candidates as (select count(*) as candidates from white_space)
select
    case
        when candidates = 0 and models = 0 then 'uncalibrated'
        when cells = 0 then 'empty'
        when paying > 1 then 'paying'
        when paying = 1 then 'one'
        else 'gain'
    end as "case",
    places,
    paying,
    cells,
    name,
    cast(net_gain as decimal(18, 2)) as net_gain,
    cast(net_gain_low_80 as decimal(18, 2)) as net_gain_low,
    cast(net_gain_high_80 as decimal(18, 2)) as net_gain_high,
    cast(sales as decimal(18, 2)) as sales,
    taken_share,
    cast(margin as decimal(18, 2)) as margin,
    sales_area_m2,
    mean_error
from sums
cross join all_cells
cross join quality
cross join candidates
left join first_place on true
