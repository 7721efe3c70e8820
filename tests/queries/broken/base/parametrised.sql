-- A view with a parameter.
-- @param day: date -- a day
-- @column day: date -- a day
select $day as day
