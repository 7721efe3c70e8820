### The filters: their form, the line that says what is set, and what is wrong with those of an address.

filter-filters = Filters
filter-open = Filter
filter-apply = Apply
filter-reset = Reset
filter-remove = Remove the filter
filter-two-days = Between two dates
filter-from = From
filter-to = To

## Periods

filter-year = Year { $year }
filter-12-months-to-end = 12 months to end of { $month }
filter-12-months-to-day = 12 months to { $day }
filter-until = { $period } (to { $day })

## Faults of an address

filter-unknown = The address has an unknown filter, “{ $name }”. The filters are { $names }.
filter-unknown-near = The address has an unknown filter, “{ $name }”. Did you mean “{ $near }”? The filters are { $names }.
filter-not-taken = This page does not take the filter “{ $name }”. Its filters are { $names }.
filter-not-taken-nor-others = This page does not take the filter “{ $name }”. It takes none.
filter-needed = The address must state “{ $name }”.
filter-needed-of = The address must state “{ $name }”: { $values }.
filter-in-path = The filter “{ $name }” is already in the path of this page. Remove it from the rest of the address.
filter-no-such-value = “{ $label }”: the value in the address does not exist. Choose it in the filter.
filter-no-such-value-of = “{ $label }”: the value in the address does not exist. Write { $values }.
filter-not-whole = “{ $label }”: write a whole number from { $least } to { $most }.
filter-no-period = The period in the address cannot be read. Write 12m, a year (2026), a month (2026-10) or two days (2026-01-15..2026-02-14).
filter-no-layer = The map has no such layer. Choose one above the map.
filter-no-view = The map’s view cannot be read. Write fr, region:Bretagne, dep:44, or latitude,longitude,half-width in km.
filter-no-cell = The cell in the address is not an H3 cell. Choose it on the map.
