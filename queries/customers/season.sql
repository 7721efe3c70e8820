-- How much faster than on the mean of a year customers buy in each month; no row when it cannot be estimated.
-- @column month_of_year: number -- 1 for January
-- @column month: text -- the same, for words
-- @column index: number -- repeat purchases against what a model without season expects; 1 on the mean of a year
-- @column change: change -- the index less 1
select
    month_of_year,
    cast(month_of_year as varchar) as month,
    index,
    index - 1 as change
from season_index
order by month_of_year
