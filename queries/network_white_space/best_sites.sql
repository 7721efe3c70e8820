-- What was chosen on request to be done together, step by step: stores that open, the best first, then stores that close; with the plan of
-- all steps so far.
-- @param sites: integer = null -- how many openings were asked for; none when absent
-- @param closings: integer = null -- how many closings were allowed; none when absent
-- @param site_cost: number = null -- what one opening costs once, where a budget bounds them
-- @param budget: number = null -- what all openings may cost together
-- @column step: number -- place in the choice
-- @column kind: text -- open or close
-- @column name: text -- commune of the site, numbered when it has several; name of the store that closes
-- @column h3_cell: h3 cell -- cell, resolution 7
-- @column latitude: degrees -- latitude of its middle, or of the store
-- @column longitude: degrees -- longitude
-- @column region: text -- region of the cell
-- @column alone: money -- what the network would gain by it alone in a year
-- @column gain: money -- what it would gain by it, the steps before it done
-- @column total: money -- by it and all before it
-- @column total_low_80: money -- 80 % interval of the total
-- @column total_high_80: money -- 80 % interval of the total
-- @column value: money -- margin after fixed cost that it adds; empty when the data do not say rates and costs
-- @column total_value: money -- by it and all before it
-- @column spent: money -- what the openings so far cost once; empty without a budget
-- @column changes: text -- the plan of it and the steps before it, one change a line
with named as (
    select
        best_sites.*,
        site_candidates.region,
        case
            when best_sites.kind = 'close' then -huff_stores.network_loss
            else site_candidates.net_gain
        end as alone,
        case
            when best_sites.kind = 'close' then coalesce(stores.name, best_sites.store_id)
            else coalesce(commune_name(best_sites.commune_code), best_sites.commune_code, 'site')
        end as place,
        row_number() over (partition by best_sites.kind, best_sites.commune_code order by best_sites.step) as number,
        sum(case when best_sites.kind = 'open' then 1 else 0 end) over (order by best_sites.step) as opened
    from best_sites
    left join site_candidates on site_candidates.h3_cell = best_sites.h3_cell
    left join huff_stores on huff_stores.store_id = best_sites.store_id
    left join stores on stores.store_id = best_sites.store_id
    where $sites is not null
),
spelled as (
    select
        *,
        place || case when number > 1 and kind = 'open' then ' ' || number else '' end as name,
        case
            when kind = 'close' then 'close:' || store_id
            else concat(
                'open:',
                cast(cast(latitude as decimal(9, 5)) as varchar), ',',
                cast(cast(longitude as decimal(9, 5)) as varchar), ',',
                cast(cast(round(sales_area_m2) as bigint) as varchar), ':',
                place, case when number > 1 then ' ' || number else '' end
            )
        end as change
    from named
),
planned as (
    select later.step, string_agg(earlier.change, chr(10) order by earlier.step) as changes
    from spelled as later
    inner join spelled as earlier on earlier.step <= later.step
    group by later.step
)
select
    spelled.step,
    spelled.kind,
    spelled.name,
    spelled.h3_cell,
    spelled.latitude,
    spelled.longitude,
    spelled.region,
    cast(spelled.alone as decimal(18, 2)) as alone,
    cast(spelled.gain as decimal(18, 2)) as gain,
    cast(spelled.total as decimal(18, 2)) as total,
    cast(spelled.total_low_80 as decimal(18, 2)) as total_low_80,
    cast(spelled.total_high_80 as decimal(18, 2)) as total_high_80,
    cast(spelled.value as decimal(18, 2)) as value,
    cast(spelled.total_value as decimal(18, 2)) as total_value,
    cast(case when $budget is not null then $site_cost * spelled.opened end as decimal(18, 2)) as spent,
    planned.changes
from spelled
inner join planned on planned.step = spelled.step
where coalesce($closings, 0) > 0 or spelled.kind = 'open'
order by spelled.step
