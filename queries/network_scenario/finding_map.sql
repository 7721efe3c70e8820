-- Where the scenario is felt most, by resident: cells with at least 100 residents.
-- @column case: text -- both, gain, loss or none
-- @column highest: money -- largest gain by resident and year
-- @column gained: text -- the change nearest to that cell
-- @column lowest: money -- largest loss by resident and year
-- @column lost: text -- the change nearest to that cell
-- @column mean_error: ratio -- mean error of the model about a store that it has not seen
with cells as (
    select
        h3_cell_to_lat(h3_cell) as latitude,
        h3_cell_to_lng(h3_cell) as longitude,
        (after - before) / residents as change,
        row_number() over (order by (after - before) / residents desc, h3_cell) as from_top,
        row_number() over (order by (after - before) / residents, h3_cell) as from_bottom
    from scenario_cells
    where residents >= 100
),
ends as (
    select
        cells.from_top = 1 as is_top,
        cells.change,
        first_value(scenario_changes.name) over (
            partition by cells.from_top
            order by
                great_circle_distance_km(cells.latitude, cells.longitude, scenario_changes.latitude, scenario_changes.longitude),
                scenario_changes.number
        ) as name
    from cells
    cross join scenario_changes
    where cells.from_top = 1 or cells.from_bottom = 1
),
facts as (
    select
        max(change) filter (where is_top) as highest,
        max(name) filter (where is_top) as gained,
        min(change) filter (where not is_top) as lowest,
        max(name) filter (where not is_top) as lost
    from ends
),
quality as (
    select max(mean_error) as mean_error from huff_models where chosen
)
select
    case
        when highest >= 0.005 and lowest <= -0.005 then 'both'
        when highest >= 0.005 then 'gain'
        when lowest <= -0.005 then 'loss'
        else 'none'
    end as "case",
    cast(highest as decimal(18, 2)) as highest,
    gained,
    cast(-lowest as decimal(18, 2)) as lowest,
    lost,
    mean_error
from facts
cross join quality
