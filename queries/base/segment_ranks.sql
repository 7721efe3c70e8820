-- The segments of `model/rfm`, from best to worst.
-- Grain: one row per segment.
-- @column segment: text -- champions, loyal, promising, dormant, at_risk or lost
-- @column segment_rank: number -- its place, 1 the best
select * from (values
    ('champions', 1), ('loyal', 2), ('promising', 3), ('dormant', 4), ('at_risk', 5), ('lost', 6)
) as segment_ranks (segment, segment_rank)
