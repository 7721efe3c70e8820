-- The customers of each part of the bridge by what they may be chosen by.
everyone_bridged as (
    select
        part,
        preferred_channel as sales_channel,
        region,
        cohort_on,
        customers
    from value_bridge
)
