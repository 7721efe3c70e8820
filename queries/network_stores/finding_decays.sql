-- The finding of the forms of decay: which one is in use, and how far the next is behind.
-- Cases: none (no form), one (no other form to compare), apart (the next AIC is at least 10 above), close.
-- @column case: text -- none, one, apart or close
-- @column decay: text -- the form in use
-- @column second: text -- the next by AIC
-- @column aic_difference: number -- how far it is behind
-- @column flows: count -- flows: pairs of a cell and a store with sales
-- @column cells: count -- cells of the market, resolution 8
-- @column stores: count -- stores with flows
-- @column competitors: count -- competitors with a place and an area
-- @column observed_from: date -- first day of the flows
-- @column observed_to: date -- last day of the flows
-- @column outside_share: ratio -- share of the potential that no store of the table gets
-- @column outside_low: ratio -- 95 % interval of it
-- @column outside_high: ratio -- 95 % interval of it
with used as (
    select * from huff_models where chosen
),
others as (
    select
        first_value(decay order by aic, decay) as decay,
        min(aic) as aic
    from huff_models
    where not chosen and aic is not null
),
counts as (
    select count(*) as forms from used
)
select
    case
        when counts.forms = 0 then 'none'
        when others.aic is null then 'one'
        when others.aic - used.aic >= 10 then 'apart'
        else 'close'
    end as "case",
    used.decay,
    others.decay as second,
    others.aic - used.aic as aic_difference,
    used.flows,
    used.cells,
    used.stores,
    used.competitors,
    used.observed_from,
    used.observed_to,
    used.outside_share,
    used.outside_share - 1.959963984540054 * used.outside_share_error as outside_low,
    used.outside_share + 1.959963984540054 * used.outside_share_error as outside_high
from counts
cross join others
left join used on true
