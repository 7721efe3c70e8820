-- The sites chosen to be opened together on request, each after those before it, with the plan that opens them all so far.
-- @param sites: integer = null -- how many were asked for; none when absent
-- @column step: number -- place in the choice
-- @column name: text -- commune, numbered when it has several
-- @column h3_cell: h3 cell -- cell, resolution 7
-- @column latitude: degrees -- latitude of its middle
-- @column longitude: degrees -- longitude of its middle
-- @column region: text -- region
-- @column alone: money -- what the network would gain by it alone in a year
-- @column gain: money -- what it would gain by it, those before it open
-- @column total: money -- by it and all before it
-- @column changes: text -- the plan that opens it and those before it, one change a line
with named as (
    select
        best_sites.*,
        site_candidates.region,
        site_candidates.net_gain,
        coalesce(commune_name(best_sites.commune_code), best_sites.commune_code, 'site') as commune,
        row_number() over (partition by best_sites.commune_code order by best_sites.step) as number
    from best_sites
    left join site_candidates on site_candidates.h3_cell = best_sites.h3_cell
    where $sites is not null
),
spelled as (
    select
        *,
        commune || case when number > 1 then ' ' || number else '' end as name,
        concat(
            'open:',
            cast(cast(latitude as decimal(9, 5)) as varchar), ',',
            cast(cast(longitude as decimal(9, 5)) as varchar), ',',
            cast(cast(round(sales_area_m2) as bigint) as varchar), ':',
            commune, case when number > 1 then ' ' || number else '' end
        ) as change
    from named
),
opened as (
    select later.step, string_agg(earlier.change, chr(10) order by earlier.step) as changes
    from spelled as later
    inner join spelled as earlier on earlier.step <= later.step
    group by later.step
)
select
    spelled.step,
    spelled.name,
    spelled.h3_cell,
    spelled.latitude,
    spelled.longitude,
    spelled.region,
    cast(spelled.net_gain as decimal(18, 2)) as alone,
    cast(spelled.gain as decimal(18, 2)) as gain,
    cast(spelled.total as decimal(18, 2)) as total,
    opened.changes
from spelled
inner join opened on opened.step = spelled.step
order by spelled.step
