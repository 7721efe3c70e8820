-- New customers per day of acquisition, channel of the first contact and region.
-- Grain: one row per combination that occurs.
-- @sorted acquired_on, sales_channel, region
-- @column acquired_on: date -- day on which the customers were won
-- @column sales_channel: text -- sales channel of the first contact
-- @column region: text -- region of the customers' place
-- @column customers: count -- customers won
select
    acquired_on,
    acquisition_channel as sales_channel,
    region,
    count(*) as customers
from customers
where acquired_on is not null
group by acquired_on, acquisition_channel, region
