-- Who gives to whom in the scenario, the largest amounts first.
-- @param rows: integer = null -- rows wanted, one more than are listed; all when absent
-- @column rank: number -- place
-- @column from_id: text -- store that loses, or outside
-- @column from_name: text -- its name; outside for the outside
-- @column to_id: text -- store that gains, or outside
-- @column to_name: text -- its name; outside for the outside
-- @column amount: money -- what goes from one to the other in a year
-- @column share: ratio -- of what the scenario moves
with sums as (select sum(amount) as moved from scenario_transfers)
select
    row_number() over (order by amount desc, from_id, to_id) as rank,
    from_id,
    from_name,
    to_id,
    to_name,
    cast(amount as decimal(18, 2)) as amount,
    amount / nullif(moved, 0) as share
from scenario_transfers
cross join sums
where amount >= 0.5
order by rank
limit coalesce($rows, 100000)
