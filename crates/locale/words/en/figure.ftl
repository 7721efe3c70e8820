### Figures and indicators: their links, the first rows of their tables, and what stands in place of one that cannot be shown.

figure-files = Files of this figure
figure-first-rows = The first { $count } rows
figure-all-rows = All rows: { $count }
figure-more-rows = More rows
figure-all-csv = All of them (CSV)
# In the caption of a figure in a file.
figure-generated = Retailer and figures generated for demonstration.

## In place of a figure

# $count chooses the form and is not written; $tables are names of tables.
figure-lacks = { $count ->
    [one] This part needs a table that the lake does not have yet: { $tables }.
   *[other] This part needs tables that the lake does not have yet: { $tables }.
}
# Follows figure-lacks; $command is “chalandise build”.
figure-compute = Compute it with { $command }.
# Follows figure-lacks; $command is “chalandise import”.
figure-import = Import them with { $command }.
figure-no-data = No data for these filters.
figure-failed = This part could not be computed. The server’s log says why.

## Indicators

figure-indicators = Indicators
figure-needs = needs
figure-no-last-year = no last year
figure-against-last-year = against { $value } last year
