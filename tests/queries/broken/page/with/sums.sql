-- Revenue by {of}.
-- @argument of -- column by which sales are told apart
-- @argument unused -- nobody reads me
-- @param from_on: date -- first day
-- @column none: text -- not for fragments
with sums as (
    select {of}, {on}, sum(net_revenue) as net_revenue
    from orders
    where ordered_on >= $from_on
    group by {of}
),
