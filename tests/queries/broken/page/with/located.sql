-- Orders with a place.
-- @argument of -- column that is given as the place
located as (
    select {of} as place
    from orders
)
