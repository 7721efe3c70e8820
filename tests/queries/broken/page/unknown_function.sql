-- A function that does not exist.
-- @column cell: h3 cell -- cell
select h3_cell_to_parents(h3_cell, 7) as cell from orders
