-- A column given twice.
-- @column order_id: text -- id
select a.order_id, b.order_id from orders as a inner join orders as b on a.order_id = b.order_id
