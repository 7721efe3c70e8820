-- Types that do not fit: a text parameter compared as a number of days.
-- @param days: boolean -- days
-- @column day: date -- day
select ordered_on as day from orders where ordered_on > $days
