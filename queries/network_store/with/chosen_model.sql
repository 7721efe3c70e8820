-- The model in use: how it measures distances and how wrong it is.
model as (
    select
        coalesce(max(distance), (select max(measure) from store_catchments), 'great_circle') as distance,
        max(mean_error) as mean_error,
        max(fitted_error) as fitted_error
    from huff_models
    where chosen
)
