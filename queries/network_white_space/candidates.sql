-- Places among which the best together are chosen: those that pass the filters, the best 400 by what each adds to the network alone.
-- @param most: integer = 400 -- how many places come
-- @column h3_cell: h3 cell -- cell, resolution 7
-- @column latitude: degrees -- latitude of its middle
-- @column longitude: degrees -- longitude of its middle
-- @column commune_code: text -- INSEE code of its commune
-- @column sales_area_m2: m2 -- sales area of the standard store
with
-- @with network_white_space/wanted
select
    h3_cell,
    latitude,
    longitude,
    commune_code,
    sales_area_m2
from wanted
order by rank
limit $most
