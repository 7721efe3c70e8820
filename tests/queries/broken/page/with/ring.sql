-- A step that needs the first.
-- @with page/circle
ring as (select one from circle)
