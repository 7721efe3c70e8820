-- Points of sale and competitors that have a place.
-- @column site_id: text -- store or competitor
-- @column competitor: boolean -- whether it is a competitor
-- @column latitude: degrees -- latitude
-- @column longitude: degrees -- longitude
-- @column sales_area_m2: m2 -- sales area
-- @column format: text -- kind of store
-- @column annual_fixed_cost: money -- fixed cost of a year
-- @column gross_margin_rate: ratio -- gross margin over net revenue
-- @column opened_on: date -- first day of sale
-- @column closed_on: date -- last day of sale; empty while it is open
select
    store_id as site_id,
    false as competitor,
    latitude,
    longitude,
    sales_area_m2,
    format,
    annual_fixed_cost,
    gross_margin_rate,
    opened_on,
    closed_on
from stores
where latitude is not null and longitude is not null
union all
select
    competitor_id,
    true,
    latitude,
    longitude,
    sales_area_m2,
    banner,
    null,
    null,
    null,
    null
from competitors
where latitude is not null and longitude is not null and sales_area_m2 > 0
order by competitor, site_id
