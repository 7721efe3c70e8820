-- A view with the name of a table.
-- @column one: count -- number
select 1 as one
