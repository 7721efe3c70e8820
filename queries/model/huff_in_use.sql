-- The calibrated Huff model, as scenarios read it back: its form, its settings and its parameters.
-- @column decay: text -- form of the decay
-- @column distance: text -- how distances are measured
-- @column store_share: ratio -- part of the potential that is spent in stores
-- @column parameter: text -- parameter
-- @column value: number -- its value
select
    huff_models.decay,
    huff_models.distance,
    huff_models.store_share,
    huff_parameters.parameter,
    huff_parameters.value
from huff_models
cross join huff_parameters
where huff_models.chosen
order by huff_parameters.parameter
