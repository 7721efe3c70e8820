-- The network on which a scenario begins.
-- @column stores: count -- stores that are open
-- @column revenue: money -- what the model expects them to sell in a year
-- @column by_resident: money -- of it, for each resident of the market
-- @column mean_error: ratio -- mean error of the model about a store that it has not seen
with network as (
    select
        count(*) filter (where in_network and not competitor) as stores,
        sum(annual_revenue) filter (where in_network and not competitor) as revenue
    from huff_stores
),
market as (
    select sum(residents) as residents from huff_cells
),
quality as (
    select max(mean_error) as mean_error from huff_models where chosen
)
select
    stores,
    cast(revenue as decimal(18, 2)) as revenue,
    cast(revenue / nullif(residents, 0) as decimal(18, 2)) as by_resident,
    mean_error
from network
cross join market
cross join quality
