-- What is bought on the next purchase day more often than after any other purchase: the strongest pairs of two categories.
-- All customers; a category after itself is left out.
-- @param top: integer = 12 -- how many pairs
-- @small customers by from_category, to_category: customers, share, lift, lift_low, lift_high, more, more_low, more_high
-- @column pair: text -- both categories, the next one second
-- @column from_category: text -- category of a purchase day
-- @column to_category: text -- category of the next purchase day
-- @column customers: count -- customers who did so
-- @column share: ratio -- of the purchase days with the first, those followed by the second
-- @column share_of_all: ratio -- the same of all purchase days
-- @column lift: number -- one over the other
-- @column lift_low: number -- lower end of its 95 % interval
-- @column lift_high: number -- upper end of its 95 % interval
-- @column more: change -- lift less 1: how much more often
-- @column more_low: change -- lower end of its 95 % interval
-- @column more_high: change -- upper end of its 95 % interval
select
    from_category || ' › ' || to_category as pair,
    from_category,
    to_category,
    customers,
    share,
    share_of_all,
    lift,
    lift_low,
    lift_high,
    lift - 1 as more,
    lift_low - 1 as more_low,
    lift_high - 1 as more_high,
    place
from next_categories
where place <= $top
order by place
