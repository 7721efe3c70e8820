-- Where the Huff model is wrong: the stores' sales to the cells of a view, observed against expected.
-- Of the model's own 12 months and of stores alone, whatever the filters say of days and sales channels. A cell with
-- no or too few customers of stores in these months carries no figure.
-- @param region: text = null -- region of the cell; all when absent
-- @param resolution: integer = 7 -- H3 resolution of the cells, at most 7
-- @param south: number = null -- southern edge of the box, degrees; open on the sides that are absent
-- @param north: number = null -- northern edge
-- @param west: number = null -- western edge
-- @param east: number = null -- eastern edge
-- @small customers by h3_cell in cells: observed, expected, suppressed = true
-- @across region: everyone_in_cells once settled_customers
-- @together once settled_customers
-- @column h3_cell: h3 cell -- cell
-- @column latitude: degrees -- latitude of its centre
-- @column longitude: degrees -- longitude of its centre
-- @column suppressed: boolean -- whether it has too few customers to carry a figure
-- @column observed: money -- sales of stores to residents, those without an address spread like the store's others
-- @column expected: money -- what the model expects
-- @column residual: number -- (observed - expected) / sqrt(dispersion x expected)
with model as (
    select dispersion, observed_from, observed_to
    from huff_models
    where chosen
),
regions as (
    select
        h3_cell,
        max(region) as region
    from huff_cells
    group by h3_cell
),
sold as (
    select
        h3_cell_to_parent(sales.h3_cell, 7) as own_cell,
        h3_cell_to_parent(sales.h3_cell, least($resolution, 7)) as h3_cell,
        -- A settled customer counts with his first order of the period; those who moved are told apart by number.
        case when not sales.settled then sales.customer_number end as mover,
        case when sales.settled and coalesce(sales.previous_in_channel_on < model.observed_from, true) then 1 else 0 end
            as settled_customers
    from sales
    cross join model
    where
        sales.ordered_on between model.observed_from and model.observed_to
        and sales.sales_channel = 'store'
        and sales.orders = 1
        and sales.h3_cell is not null
),
everyone_in_cells as (
    select
        sold.h3_cell,
        -- A region is written in more than one way.
        case
            when translate(lower(regions.region), '’''- ', '') = translate(lower($region), '’''- ', '') then $region
            else regions.region
        end as region,
        nullif(sum(sold.settled_customers) + count(distinct sold.mover), 0) as customers,
        sum(sold.settled_customers) as settled_customers
    from sold
    left join regions on regions.h3_cell = sold.own_cell
    group by
        sold.h3_cell,
        case
            when translate(lower(regions.region), '’''- ', '') = translate(lower($region), '’''- ', '') then $region
            else regions.region
        end
),
customers as (
    select
        h3_cell,
        sum(customers) as customers,
        sum(settled_customers) as settled_customers
    from everyone_in_cells
    where $region is null or region = $region
    group by h3_cell
),
market as (
    select
        h3_cell_to_parent(h3_cell, least($resolution, 7)) as h3_cell,
        sum(observed) as observed,
        sum(expected) as expected
    from huff_cells
    where $region is null or translate(lower(region), '’''- ', '') = translate(lower($region), '’''- ', '')
    group by h3_cell_to_parent(h3_cell, least($resolution, 7))
),
cells as (
    select
        market.*,
        h3_cell_to_lat(market.h3_cell) as latitude,
        h3_cell_to_lng(market.h3_cell) as longitude,
        coalesce(customers.customers, 0) as customers,
        customers.settled_customers,
        coalesce(customers.customers, 0) = 0 as suppressed
    from market
    left join customers on customers.h3_cell = market.h3_cell
)
select
    cells.h3_cell,
    cells.latitude,
    cells.longitude,
    cells.suppressed,
    cast(case when not cells.suppressed then cells.observed end as decimal(18, 2)) as observed,
    cast(case when not cells.suppressed then cells.expected end as decimal(18, 2)) as expected,
    case
        when not cells.suppressed and cells.expected > 0 and model.dispersion > 0
            then (cells.observed - cells.expected) / sqrt(model.dispersion * cells.expected)
    end as residual
from cells
cross join model
where
    ($south is null or cells.latitude >= $south)
    and ($north is null or cells.latitude <= $north)
    and ($west is null or cells.longitude >= $west)
    and ($east is null or cells.longitude <= $east)
order by cells.h3_cell
