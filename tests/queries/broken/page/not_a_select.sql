-- Changes the lake.
delete from orders
