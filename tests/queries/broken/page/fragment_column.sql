-- A fragment that is given a column that the table lacks.
-- @column place: text -- place
with
-- @with page/located(of = regoin)
select place from located
