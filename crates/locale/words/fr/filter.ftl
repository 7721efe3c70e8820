### The filters: their form, the line that says what is set, and what is wrong with those of an address.

filter-filters = Filtres
filter-open = Filtrer
filter-apply = Appliquer
filter-reset = Réinitialiser
filter-remove = Retirer le filtre
filter-two-days = Entre deux dates
filter-from = Du
filter-to = Au

## Periods

filter-year = Année { $year }
filter-12-months-to-end = 12 mois à fin { $month }
filter-12-months-to-day = 12 mois au { $day }
filter-until = { $period } (au { $day })

## Faults of an address

filter-unknown = L’adresse porte un filtre inconnu, « { $name } ». Les filtres sont { $names }.
filter-unknown-near = L’adresse porte un filtre inconnu, « { $name } ». Vouliez-vous dire « { $near } » ? Les filtres sont { $names }.
filter-not-taken = Cette page ne prend pas le filtre « { $name } ». Ses filtres sont { $names }.
filter-not-taken-nor-others = Cette page ne prend pas le filtre « { $name } ». Elle n’en prend aucun.
filter-needed = L’adresse doit préciser « { $name } ».
filter-needed-of = L’adresse doit préciser « { $name } » : { $values }.
filter-in-path = Le filtre « { $name } » est déjà dans le chemin de cette page. Retirez-le de la suite de l’adresse.
filter-no-such-value = « { $label } » : la valeur de l’adresse n’existe pas. Choisissez-la dans le filtre.
filter-no-such-value-of = « { $label } » : la valeur de l’adresse n’existe pas. Écrivez { $values }.
filter-not-whole = « { $label } » : écrivez un nombre entier de { $least } à { $most }.
filter-no-period = La période de l’adresse n’est pas lisible. Écrivez 12m, une année (2026), un mois (2026-10) ou deux jours (2026-01-15..2026-02-14).
filter-no-layer = La carte n’a pas cette couche. Choisissez-en une au-dessus de la carte.
filter-no-view = La vue de la carte ne se lit pas. Écrivez fr, region:Bretagne, dep:44, ou latitude,longitude,demi-largeur en km.
filter-no-cell = La cellule de l’adresse n’est pas une cellule H3. Choisissez-la sur la carte.
