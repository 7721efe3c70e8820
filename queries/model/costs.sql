-- What marketing and service cost between two days, by purpose and by the sales channel that it works for.
-- @param from_on: date -- first day of the first month
-- @param to_on: date -- last day of the last month
-- @column purpose: text -- acquisition, retention or service
-- @column sales_channel: text -- sales channel that it works for; empty when it works for all
-- @column cost: money -- cost
-- @column months: count -- months that have any cost, the same in each row
select
    purpose,
    sales_channel,
    sum(cost) as cost,
    (select count(distinct month) from marketing_costs where month between $from_on and $to_on) as months
from marketing_costs
where month between $from_on and $to_on
group by purpose, sales_channel
order by purpose, sales_channel nulls last
