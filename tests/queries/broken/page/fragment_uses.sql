-- Fragments that do not fit.
-- @column one: count -- number
-- @with page/located(of = region)
with
-- @with page/sum
-- @with page/sums(off = region)
-- @with page/sums(of = region)
-- @with page/sums(of = region, unused = 'text')
-- @with page.sums
-- @with page/circle
-- @wit page/located
last as (select 1 as one) -- @with page/located
select one
-- @with page/located
from last
