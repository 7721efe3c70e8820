-- A step that needs another.
-- @with page/ring
circle as (select one from ring)
