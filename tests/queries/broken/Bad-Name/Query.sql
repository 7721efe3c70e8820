-- A name that is none.
-- @column one: count -- number
select 1 as one
