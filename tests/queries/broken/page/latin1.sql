-- Written in Latin-1.
-- @column café: count -- number
select 1 as one
