-- Categories by what they sold, the largest first.
-- @column category: text -- product category
-- @column net_revenue: money -- net revenue of its lines, all days
select
    category,
    sum(net_revenue) as net_revenue
from order_lines
where category is not null and category <> ''
group by category
order by net_revenue desc, category
