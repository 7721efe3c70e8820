-- A step that no query wants.
unused as (select 1 as one)
