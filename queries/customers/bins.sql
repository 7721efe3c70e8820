-- The forecast in use against what happened in the holdout, by number of repeats known before it.
-- @small customers by frequency: customers, expected_orders, observed_orders, error
-- @together
-- @column frequency: number -- repeat purchase days before the holdout; 7 for 7 and more
-- @column repeats: text -- the same, for words
-- @column customers: count -- customers
-- @column expected_orders: number -- purchase days expected in the holdout, mean
-- @column observed_orders: number -- purchase days that there were, mean
-- @column error: change -- one over the other, less 1; empty when there were none
select
    frequency,
    cast(frequency as varchar) as repeats,
    customers,
    expected_orders,
    observed_orders,
    expected_orders / nullif(observed_orders, 0) - 1 as error
from forecast_bins
where in_use
order by frequency
