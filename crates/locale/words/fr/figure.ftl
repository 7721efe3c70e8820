### Figures and indicators: their links, the first rows of their tables, and what stands in place of one that cannot be shown.

figure-files = Fichiers de cette figure
figure-first-rows = Les { $count } premières lignes
figure-all-rows = Toutes les lignes : { $count }
figure-more-rows = Plus de lignes
figure-all-csv = Toutes (CSV)
# In the caption of a figure in a file.
figure-generated = Enseigne et chiffres générés pour la démonstration.

## In place of a figure

# $count chooses the form and is not written; $tables are names of tables.
figure-lacks = { $count ->
    [one] Cette partie demande une table que le lac n’a pas encore : { $tables }.
   *[other] Cette partie demande des tables que le lac n’a pas encore : { $tables }.
}
# Follows figure-lacks; $command is “chalandise build”.
figure-compute = Calculez-la avec { $command }.
# Follows figure-lacks; $command is “chalandise import”.
figure-import = Importez-les avec { $command }.
figure-no-data = Aucune donnée pour ces filtres.
figure-failed = Cette partie n’a pas pu être calculée. Le journal du serveur dit pourquoi.

## Indicators

figure-indicators = Indicateurs
figure-needs = demande
figure-no-last-year = sans an passé
figure-against-last-year = contre { $value } l’an passé
