-- Pairs of two categories where the second is bought after the first more often than after any purchase, of all customers.
-- @column from_category: text -- category of a purchase day, not all in capitals
-- @column to_category: text -- category of the next purchase day
-- @column place: number -- 1 for the strongest pair
-- @column customers: count -- customers who did so
-- @column share: ratio -- of the purchase days with the first, those followed by the second
-- @column share_of_all: ratio -- the same of all purchase days
-- @column lift: number -- one over the other
-- @column lift_low: number -- lower end of its 95 % interval
-- @column lift_high: number -- upper end of its 95 % interval
select
    case
        when from_category = upper(from_category) then upper(left(from_category, 1)) || lower(substr(from_category, 2))
        else from_category
    end as from_category,
    case
        when to_category = upper(to_category) then upper(left(to_category, 1)) || lower(substr(to_category, 2))
        else to_category
    end as to_category,
    row_number() over (order by lift desc, from_category, to_category) as place,
    customers,
    share,
    share_of_all,
    lift,
    lift_low,
    lift_high
from next_purchases
where
    persona = 0
    and from_category <> to_category
    and lift > 1
