-- A table that the lake lacks.
-- @column one: count -- number
select one from no_such_table
