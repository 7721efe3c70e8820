-- Covariances of the parameters of the Huff model in use.
-- @column parameter: text -- parameter
-- @column other_parameter: text -- other parameter
-- @column covariance: number -- robust covariance of the two estimates
select parameter, other_parameter, covariance
from huff_covariances
order by parameter, other_parameter
