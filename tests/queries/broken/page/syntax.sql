-- Not SQL.
-- @column one: count -- number
select 1 as one
form orders
