-- Parameters that do not fit.
-- @param from_on: date -- first day of the period
-- @param unused: text = null -- nobody reads me
-- @param count: int = 3 -- kind that does not exist
-- @param size: integer = many -- default of another kind
-- @param from_on: date -- declared twice
-- @param nameless -- no kind
-- @param silent: text = null
-- @parm typo: text -- not a header line
-- @column day: date -- day of the order
-- @column missing: count -- the query does not give me
select ordered_on as day, count(*), '$not_a_parameter' as words
from orders
where ordered_on between $from_on and $to_on and $size > 0 and $silent is null -- and $comment
group by ordered_on
