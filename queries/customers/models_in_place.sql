-- Models without a result of their own, and what is used in their place: of purchases for the values, of spend, then of purchases on the
-- holdout where that is another story.
-- @column case: text -- limit or next_best (values are by that), spend_limit or spend_mean (likewise, of spend), tried (the limit was held against the holdout)
-- @column chosen: text -- the model, with -seasonal on the season's clock
-- @column used: text -- what is used, likewise
-- @column story: text -- the same without the clock; of spend_mean why there is no model
with in_place as (
    select
        case
            when subject = 'purchases' then status
            when subject = 'spend' and status = 'limit' then 'spend_limit'
            when subject = 'spend' then 'spend_mean'
            else 'tried'
        end as "case",
        chosen,
        used,
        case when subject = 'spend' and status <> 'limit' then reason else replace(used, '-seasonal', '') end as story
    from model_status
    where status in ('limit', 'next_best')
)
select
    tried."case",
    tried.chosen,
    tried.used,
    tried.story
from in_place as tried
left join in_place as in_use
    on in_use."case" = 'limit' and tried.chosen = replace(in_use.chosen, '-seasonal', '') and tried.used = in_use.story
where tried."case" <> 'tried' or in_use."case" is null
order by
    case tried."case" when 'tried' then 3 when 'spend_limit' then 2 when 'spend_mean' then 2 else 1 end,
    tried.chosen
