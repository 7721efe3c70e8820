-- Whether the model is calibrated on the totals of the stores: where their customers live is not known.
-- @column stores: count -- stores whose totals it is calibrated on
select max(huff_models.stores) as stores
from huff_models, network_status
where huff_models.chosen and network_status.subject = 'flows' and network_status.status <> 'ok'
having count(*) > 0
