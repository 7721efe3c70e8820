-- What the lake holds for the pages: rows of each table and the days that they cover.
-- A table without rows has not been imported; the parts of a page that need it say so.
-- @column table_name: text -- table
-- @column row_count: count -- rows
-- @column first_on: date -- first day, for tables with days
-- @column last_on: date -- last day, for tables with days
with no_day as (
    select cast(null as date) as day
)
select 'orders' as table_name, coalesce(sum(orders), 0) as row_count, min(first_on) as first_on, max(last_on) as last_on
from order_sources
union all
select 'customers', coalesce(count(*), 0), min(acquired_on), max(acquired_on) from customers
union all
select 'stores', count(*), min(opened_on), max(opened_on) from stores
union all
select 'campaigns', count(*), min(in_home_on), max(in_home_on) from campaigns
union all
select 'mailings', (select count(*) from mailings), day as first_on, day as last_on from no_day
union all
select 'order_lines', (select count(*) from order_lines), day as first_on, day as last_on from no_day
union all
select 'market_cells', (select count(*) from market_cells), day as first_on, day as last_on from no_day
union all
select 'located_orders', coalesce(sum(located), 0), cast(null as date), cast(null as date) from order_sources
union all
select 'orders_with_margin', coalesce(sum(with_margin), 0), cast(null as date), cast(null as date) from order_sources
order by table_name
