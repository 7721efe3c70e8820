-- The parameters of the Huff model in use, with their intervals.
-- @column parameter: text -- name, as in the table huff_parameters
-- @column value: number -- estimate, or what was set
-- @column standard_error: number -- robust: sales of one cell may depend on each other
-- @column low_95: number -- lower end of the 95 % interval
-- @column high_95: number -- upper end
-- @column estimated: boolean -- whether the flows say it; otherwise it was set
select parameter, value, standard_error, low_95, high_95, estimated
from huff_parameters
order by
    case
        when parameter like 'attraction.%' then 1
        when parameter = 'distance_decay' then 2
        when parameter = 'log_outside' then 3
        when estimated then 4
        else 5
    end,
    parameter
