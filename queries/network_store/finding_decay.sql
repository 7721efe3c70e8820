-- The finding of the decay: the penetration of the nearest band against the farthest one that carries a figure.
-- Cases: none (fewer than two such bands), falls (the 95 % intervals do not meet, the nearer is higher), flat.
-- @param store_id: text -- store
-- @small customers by from_distance in bands: shown = false, hidden = true
-- @together
-- @column case: text -- none, falls or flat
-- @column near_band: text -- nearest band, as from–to
-- @column near: ratio -- its penetration
-- @column far_band: text -- farthest band with enough customers
-- @column far: ratio -- its penetration
-- @column hidden: count -- bands without a figure
-- @column smallest: count -- fewest customers of a band with a figure
-- @column distance: text -- how distances are measured: great_circle (km), approximate_time or travel_times (minutes)
-- @column mean_error: ratio -- mean error of the model about a store that it has not seen
-- @column fitted_error: ratio -- mean error of the fit itself
-- @column observed_from: date -- first day of the 12 months
-- @column observed_to: date -- last day of them
with
-- @with network_store/chosen_model
days as (
    select max(observed_from) as observed_from, max(observed_to) as observed_to
    from store_catchments
),
bands as (
    select
        *,
        concat(cast(cast(from_distance as bigint) as text), '–', cast(cast(to_distance as bigint) as text)) as band,
        customers > 0 and penetration is not null as shown,
        false as hidden
    from distance_decay
    where store_id = $store_id
),
sums as (
    select
        count(*) filter (where shown) as shown,
        count(*) filter (where hidden) as hidden,
        first_value(band order by from_distance) filter (where shown) as near_band,
        first_value(penetration order by from_distance) filter (where shown) as near,
        first_value(penetration_low order by from_distance) filter (where shown) as near_low,
        first_value(band order by from_distance desc) filter (where shown) as far_band,
        first_value(penetration order by from_distance desc) filter (where shown) as far,
        first_value(penetration_high order by from_distance desc) filter (where shown) as far_high
    from bands
)
select
    case
        when sums.shown < 2 then 'none'
        when sums.near_low > sums.far_high then 'falls'
        else 'flat'
    end as "case",
    sums.near_band,
    sums.near,
    sums.far_band,
    sums.far,
    sums.hidden,
    $min_group_size as smallest,
    model.distance,
    model.mean_error,
    model.fitted_error,
    days.observed_from,
    days.observed_to
from sums
cross join model
cross join days
