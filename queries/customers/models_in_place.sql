-- Purchase models without a maximum, and what is used in their place: for the values, then on the holdout where that is another story.
-- @column case: text -- limit or next_best (values are by that), tried (the limit was held against the holdout)
-- @column chosen: text -- the model, with -seasonal on the season's clock
-- @column used: text -- what is used, likewise
-- @column story: text -- the same without the clock
with in_place as (
    select
        case when subject = 'purchases' then status else 'tried' end as "case",
        chosen,
        used,
        replace(used, '-seasonal', '') as story
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
order by tried."case" = 'tried', tried.chosen
