-- The best places among those wanted, one for all within 10 km, looked for among the 5,000 best cells.
best as (
    select * from wanted order by rank limit 5000
),
round_each as (
    select
        rank as other_rank,
        latitude as other_latitude,
        longitude as other_longitude,
        -- Five steps hold all cells within 10 km.
        unnest(h3_grid_disk(h3_cell, 5)) as h3_cell
    from best
),
beaten as (
    select distinct best.h3_cell
    from best
    inner join round_each on round_each.h3_cell = best.h3_cell
    where
        round_each.other_rank < best.rank
        and great_circle_distance_km(best.latitude, best.longitude, other_latitude, other_longitude) < 10
),
places as (
    select best.*
    from best
    left join beaten on beaten.h3_cell = best.h3_cell
    where beaten.h3_cell is null
)
