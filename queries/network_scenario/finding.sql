-- What the scenario of the address does, in a sentence.
-- @column case: text -- uncalibrated (no model to compute it), none (no change yet), gain, loss or unsure (the 95 % interval holds 0)
-- @column subject_fr: text -- what it does, in French
-- @column subject_en: text -- what it does, in English
-- @column change: money -- change of the network's revenue in a year
-- @column change_low: money -- 95 % interval
-- @column change_high: money -- 95 % interval
-- @column second: text -- taken (openings only), kept (closings only) or other
-- @column closed: money -- what closed stores sold
-- @column mean_error: ratio -- mean error of the model about a store that it has not seen
with kinds as (
    select
        count(*) filter (where kind = 'open') as opens,
        max(name) filter (where kind = 'open') as open_name,
        count(*) filter (where kind = 'close') as closes,
        max(name) filter (where kind = 'close') as close_name,
        count(*) filter (where kind = 'move') as moves,
        max(name) filter (where kind = 'move') as move_name,
        count(*) filter (where kind = 'resize') as resizes,
        max(name) filter (where kind = 'resize') as resize_name,
        count(*) filter (where kind = 'competitor') as rivals,
        count(*) as changes
    from scenario_changes
),
parts as (
    select
        *,
        case when opens = 1 then 'ouvrir ' || open_name when opens > 1 then 'ouvrir ' || opens || ' magasins' end as open_fr,
        case when opens = 1 then 'opening ' || open_name when opens > 1 then 'opening ' || opens || ' stores' end as open_en,
        case when closes = 1 then 'fermer ' || close_name when closes > 1 then 'fermer ' || closes || ' magasins' end as close_fr,
        case when closes = 1 then 'closing ' || close_name when closes > 1 then 'closing ' || closes || ' stores' end as close_en,
        case when moves = 1 then 'déplacer ' || move_name when moves > 1 then 'déplacer ' || moves || ' magasins' end as move_fr,
        case when moves = 1 then 'moving ' || move_name when moves > 1 then 'moving ' || moves || ' stores' end as move_en,
        case
            when resizes = 1 then 'changer la surface de ' || resize_name
            when resizes > 1 then 'changer la surface de ' || resizes || ' magasins'
        end as resize_fr,
        case when resizes = 1 then 'resizing ' || resize_name when resizes > 1 then 'resizing ' || resizes || ' stores' end as resize_en,
        case when rivals = 1 then 'voir arriver un concurrent' when rivals > 1 then 'voir arriver ' || rivals || ' concurrents' end as rival_fr,
        case when rivals = 1 then 'a competitor opening' when rivals > 1 then rivals || ' competitors opening' end as rival_en
    from kinds
),
subjects as (
    select
        *,
        concat_ws(', ', nullif(concat_ws(' et ', open_fr, close_fr), ''), move_fr, resize_fr, rival_fr) as subject_fr,
        concat_ws(', ', nullif(concat_ws(' and ', open_en, close_en), ''), move_en, resize_en, rival_en) as subject_en
    from parts
),
totals as (
    select
        max(change) filter (where total = 'network') as change,
        max(low_95) filter (where total = 'network') as low,
        max(high_95) filter (where total = 'network') as high,
        max(before) filter (where total = 'closed') as closed
    from scenario_totals
),
quality as (
    select max(mean_error) as mean_error, count(*) as models from huff_models where chosen
)
select
    case
        when changes = 0 and models = 0 then 'uncalibrated'
        when changes = 0 then 'none'
        when low > 0 then 'gain'
        when high < 0 then 'loss'
        else 'unsure'
    end as "case",
    upper(substr(subject_fr, 1, 1)) || substr(subject_fr, 2) as subject_fr,
    upper(substr(subject_en, 1, 1)) || substr(subject_en, 2) as subject_en,
    cast(change as decimal(18, 2)) as change,
    cast(low as decimal(18, 2)) as change_low,
    cast(high as decimal(18, 2)) as change_high,
    case
        when opens > 0 and closes = 0 and moves = 0 and resizes = 0 and rivals = 0 then 'taken'
        when closes > 0 and opens = 0 and moves = 0 and resizes = 0 and rivals = 0 then 'kept'
        else 'other'
    end as second,
    cast(closed as decimal(18, 2)) as closed,
    mean_error
from subjects
cross join totals
cross join quality
