-- The finding of the next purchases: the strongest pair of two categories.
-- Cases: none (no pair beyond chance), best.
-- @small customers by from_category, to_category in pairs: share
-- @column case: text -- none or best
-- @column from_category: text -- category of a purchase day
-- @column to_category: text -- category of the next purchase day
-- @column more: change -- how much more often than after any purchase
-- @column share: ratio -- of the purchase days with the first, those followed by the second
-- @column share_of_all: ratio -- the same of all purchase days
with pairs as (
    select *
    from next_categories
),
ranked as (
    select
        *,
        row_number() over (order by place) as shown_place
    from pairs
    where share is not null
)
select
    'best' as "case",
    from_category,
    to_category,
    lift - 1 as more,
    share,
    share_of_all
from ranked
where shown_place = 1
