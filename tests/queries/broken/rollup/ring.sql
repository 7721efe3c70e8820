-- The other view.
-- @sorted one, two
-- @column one: count -- number
select one from circle
