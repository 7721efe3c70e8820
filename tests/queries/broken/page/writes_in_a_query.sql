-- Writes inside a query.
-- @column count: count -- rows
with numbers as (select 1 as n) insert into orders select * from numbers
