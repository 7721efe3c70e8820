-- Mailings that reached homes in a period.
-- @param from_on: date -- first day of the period
-- @param to_on: date -- last day of the period
-- @column campaign_id: text -- campaign
-- @column name: text -- name shown on pages
-- @column medium: text -- what was sent
-- @column in_home_on: date -- day on which it reached homes
select
    campaign_id,
    name,
    medium,
    in_home_on
from campaigns
where in_home_on between $from_on and $to_on
order by in_home_on, campaign_id
