-- What the map of a store shows: the ring that holds 95 % of its located revenue, and the store.
-- @param store_id: text -- store
-- @param years_ago: integer = 0 -- 12 months so many years before the last ones
-- @column south: degrees -- southern edge
-- @column west: degrees -- western edge
-- @column north: degrees -- northern edge
-- @column east: degrees -- eastern edge
with points as (
    select h3_cell_to_lat(h3_cell) as latitude, h3_cell_to_lng(h3_cell) as longitude
    from catchments
    where store_id = $store_id and years_ago = $years_ago and ring <= 95
    union all
    select latitude, longitude
    from stores
    where store_id = $store_id
)
select
    min(latitude) as south,
    min(longitude) as west,
    max(latitude) as north,
    max(longitude) as east
from points
