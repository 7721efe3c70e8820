-- A column that the table lacks.
-- @column revenue: money -- revenue
select
    net_revenu as revenue
from orders
