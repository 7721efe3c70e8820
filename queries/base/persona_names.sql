-- What to call a persona: up to three of the traits that set it apart, categories first, then by strength.
-- A category that it buys less of names nothing; other traits do either way.
-- @column persona: number -- 1 with the highest mean CLV
-- @column trait_1: text -- category as the data name it, not all in capitals; or a feature with _more or _less than others
-- @column trait_2: text -- second trait; empty text without
-- @column trait_3: text -- third trait; empty text without
with traits as (
    select
        *,
        max(case when feature = 'distance_share' then strength end) over (partition by persona) as distance_strength
    from persona_traits
),
told as (
    select
        persona,
        feature = 'category' as is_category,
        rank,
        case
            when feature <> 'category' then feature || case when strength > 0 then '_more' else '_less' end
            when category = upper(category) then upper(left(category, 1)) || lower(substr(category, 2))
            else category
        end as trait
    from traits
    where
        (feature <> 'category' or strength > 0)
        -- Who buys by post and phone buys less on the web: once is enough.
        and (feature <> 'web_share' or strength > 0 or coalesce(distance_strength, 0) <= 0)
),
placed as (
    select
        persona,
        trait,
        row_number() over (partition by persona order by is_category desc, rank) as place
    from told
)
select
    persona,
    max(trait) filter (where place = 1) as trait_1,
    coalesce(max(trait) filter (where place = 2), '') as trait_2,
    coalesce(max(trait) filter (where place = 3), '') as trait_3
from placed
group by persona
