-- Purchase models that could not be held against the holdout, and why, when another one could.
-- @column model: text -- bg-nbd, mbg-nbd or pareto-nbd
-- @column status: text -- why it has no result
select
    subject as model,
    status
from model_status
where
    subject in ('bg-nbd', 'mbg-nbd', 'pareto-nbd')
    and status not in ('ok', 'limit')
    and (select count(*) from forecast_quality where chosen) > 0
order by subject
