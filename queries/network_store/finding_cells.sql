-- The finding of the catchment: how many cells hold 80 % of the located revenue of a store, and how much is hidden.
-- Cases: none (no cell), cells.
-- @param store_id: text -- store
-- @param years_ago: integer = 0 -- 12 months so many years before the last ones
-- @small customers by h3_cell in catchment: suppressed = true
-- @together
-- @small reached in reach: distance_80
-- @column case: text -- none or cells
-- @column cells: count -- cells with sales
-- @column cells_80: count -- cells of the 80 % ring
-- @column hidden: count -- cells with too few customers to carry a figure
-- @column hidden_share: ratio -- their share of the located revenue
-- @column smallest: count -- fewest customers of a cell with a figure
-- @column distance: text -- how distances are measured: great_circle (km), approximate_time or travel_times (minutes)
-- @column distance_80: number -- distance within which 80 % of the located revenue lies
-- @column observed_from: date -- first day of the 12 months
-- @column observed_to: date -- last day of them
with unit as (
    select coalesce(max(distance), (select max(measure) from store_catchments), 'great_circle') as distance from huff_models where chosen
),
catchment as (
    select
        h3_cell,
        ring,
        net_revenue,
        nullif(customers, 0) as customers,
        false as suppressed
    from catchments
    where store_id = $store_id and years_ago = $years_ago
),
sums as (
    select
        count(*) as cells,
        count(*) filter (where ring <= 80) as cells_80,
        count(*) filter (where suppressed) as hidden,
        cast(sum(net_revenue) filter (where suppressed) as double)
        / nullif(cast(sum(net_revenue) as double), 0) as hidden_share
    from catchment
),
reach as (
    select
        max(distance_80) filter (where store_id = $store_id) as distance_80,
        coalesce(max(customers) filter (where store_id = $store_id), 0) as reached,
        max(observed_from) as observed_from,
        max(observed_to) as observed_to
    from store_catchments
    where years_ago = $years_ago
)
select
    case when sums.cells = 0 or reach.distance_80 is null then 'none' else 'cells' end as "case",
    sums.cells,
    sums.cells_80,
    sums.hidden,
    coalesce(sums.hidden_share, 0) as hidden_share,
    $min_group_size as smallest,
    unit.distance,
    reach.distance_80,
    reach.observed_from,
    reach.observed_to
from sums
cross join reach
cross join unit
