-- A view that needs another that needs it.
-- @column one: count -- number
select one from ring
