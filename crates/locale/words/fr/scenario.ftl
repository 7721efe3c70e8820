### Scenarios: the form beside one, the saved ones, and what is wrong with a plan.

scenario-scenario = Scénario
scenario-its-page = Sa page
scenario-partly-taken = Une partie de votre demande n’a pas pu être appliquée ; les résultats n’en tiennent pas compte
scenario-cannot-be-computed = Ce scénario ne peut pas être calculé
scenario-further-faults = Et d’autres fautes : { $count }

## List of changes

scenario-changes = Changements
scenario-apply = Appliquer
scenario-remove-all = Tout retirer
# On a button, and what it is called: “Retirer : Ouvrir Vertou”.
scenario-remove = retirer
scenario-remove-change = Retirer
scenario-edit = modifier
scenario-another-place = Autre commune, ou point
scenario-own-fixed-cost = Frais fixes par an
scenario-own-investment = Investissement
scenario-as-assumed = hypothèse
# What a change does, before the name of a store.
scenario-kind-open = Ouvrir
scenario-kind-competitor = Concurrent
scenario-close = Fermer
scenario-move = Déplacer
scenario-resize = Changer la surface

## Fields that add a change

scenario-add-site = Ajouter un site
scenario-place = Commune, ou point de la carte
scenario-area = Surface, m²
scenario-name-optional = Nom (facultatif)
scenario-open-store = Ouvrir un magasin
scenario-competitor-opens = Un concurrent ouvre
scenario-change-store = Changer un magasin
scenario-store = Magasin
scenario-choose = Choisir
scenario-move-or-resize = Déplacer ou changer la surface
scenario-new-place = Nouvelle commune, ou point
scenario-new-area = Nouvelle surface, m²

## Assumptions

scenario-assumptions = Hypothèses
scenario-margin = Marge brute, %
scenario-web = Effet web, %
scenario-kept = Gardé par le web, %
scenario-fixed-cost = Frais fixes par an, €
scenario-investment = Investissement, €
scenario-first-year = Première année, %
scenario-for-payback = pour le remboursement
scenario-from-user = votre hypothèse
scenario-from-data = d’après les données
scenario-by-default = à défaut de données
scenario-web-explained = Effet web : chiffre d’affaires web gagné dans les cellules pour 100 € gagnés en magasin. Gardé par le web : part des ventes d’un magasin fermé qui reste sur le web.
scenario-approximate-times = Temps de trajet approchés, d’après la densité des habitants.
scenario-imported-times = Temps de trajet importés. Hypothèse pour un lieu nouveau : temps de trajet approchés, multipliés par { $ratio } (médiane là où les deux sont connus).
scenario-crow-flies = Distances à vol d’oiseau.
scenario-compute = Calculer

## Saving, and the saved ones

scenario-save = Enregistrer
scenario-name = Nom du scénario
scenario-note = Note (facultative)
scenario-replace = remplacer un scénario du même nom
scenario-to-saved = Scénarios enregistrés, comparer
scenario-saved = Scénarios enregistrés
scenario-none-saved = Aucun scénario n’est encore enregistré. Composez-en un, donnez-lui un nom et enregistrez-le.
scenario-make = Composer un scénario
scenario-count-changes = { $count ->
    [1] { $count } changement
   *[other] { $count } changements
}
scenario-not-any-more = ne se calcule plus sur ces données
# On a button, and what it is called: “Supprimer : Nantes”.
scenario-delete = supprimer
scenario-delete-saved = Supprimer
scenario-compare-two = Comparer deux scénarios
scenario-first = Premier
scenario-second = Second
scenario-compare = Comparer

## What a reader should know of a scenario

scenario-on-top = { $name } est à { $distance } m de { $store } : les deux se partagent les mêmes clients.
scenario-no-way = Aucun trajet ne mène à { $name } : le lieu est trop loin de la terre ferme, et il n’attire personne.
scenario-no-area = { $name } n’a pas de surface : il n’attire personne.
scenario-unusual-area = La surface de { $name } sort de ce que le réseau connaît ({ $smallest } à { $largest } m²) : la prévision est une extrapolation.

## The network refuses the plan

scenario-no-such-place = Aucune commune ne s’appelle « { $name } ». Écrivez son nom, son code INSEE, ou deux coordonnées comme 47.1683, -1.4712.
scenario-too-long = L’adresse de ce scénario aurait { $bytes } octets, plus que les { $most } d’une page. Partagez-le en plusieurs, ou envoyez-le en JSON à POST /api/scenario.
scenario-not-calibrated = Le modèle n’est pas encore calé : lancez « chalandise build » après l’import.
# $reason is technical, and in English.
scenario-no-model = Le modèle n’a pas pu être calé sur les ventes. Détail technique : { $reason }.
scenario-unknown-store = Aucun magasin ne porte l’identifiant « { $store } ». Choisissez-le dans la liste.
scenario-not-open = Le magasin « { $store } » n’est pas ouvert à la fin des données : il ne peut pas être changé.
scenario-nobody-near = Personne n’habite à moins de { $distance } km de « { $name } » : le point est en mer ou hors du marché. Choisissez un lieu habité.
scenario-no-margin = Les fermetures se pèsent en marge : il faut le taux de marge brute et les frais fixes des magasins (table stores). Importez-les, ou n’autorisez aucune fermeture.
scenario-not-computed = Le scénario ne peut pas être calculé. Détail technique : { $reason }.
scenario-no-sites = Les emplacements ne peuvent pas être choisis. Détail technique : { $reason }.

## The notebook refuses to save

scenario-name-taken = Un scénario s’appelle déjà « { $name } ». Donnez un autre nom, ou cochez « remplacer ».
scenario-bad-name = Le nom du scénario manque ou ne peut pas servir. Écrivez 1 à 120 caractères visibles.
scenario-bad-note = La note ne peut pas être gardée. Écrivez un texte plus court, sans signes invisibles.
scenario-gone = Ce scénario n’est plus dans le carnet. Rechargez la liste.
scenario-read-only = Le carnet ne peut pas être écrit à cet endroit. Vérifiez la clé « notebook » de la configuration et les droits du dossier.
scenario-busy = Un autre programme écrit dans le carnet. Réessayez dans un instant.
scenario-no-notebook = Le carnet ne répond pas ; le journal du serveur dit pourquoi.

## A plan that cannot be read: where, which value, what is wrong with it

# $place is one of scenario-in-…, $wrong one of scenario-wrong-….
scenario-fault = { $place }, « { $value } » : { $wrong }
scenario-in-changes = La liste des changements
scenario-in-change = Le changement { $number }
# $field is one of scenario-field-….
scenario-in-field = Changement { $number }, { $field }
scenario-in-assumption = Hypothèse, { $field }
scenario-in-key = Une clé de l’adresse
scenario-field-name = le nom
scenario-field-latitude = la latitude
scenario-field-longitude = la longitude
scenario-field-area = la surface
scenario-field-store = le magasin
scenario-field-format = le format
scenario-field-fixed-cost = les frais fixes
scenario-field-investment = l’investissement
scenario-field-margin = la marge brute
scenario-field-web = l’effet web
scenario-field-kept = la part gardée par le web
scenario-field-ramp = la montée de première année
scenario-field-other = un champ
scenario-wrong-too-many = c’est plus de { $most } changements. Partagez-les entre plusieurs scénarios.
scenario-wrong-kind = il ne commence par aucun mot connu. Les mots sont { $kinds }.
scenario-wrong-kind-near = il ne commence par aucun mot connu. Vouliez-vous dire « { $near } » ? Les mots sont { $kinds }.
scenario-wrong-key = un scénario n’a pas cette clé. La documentation du réseau les énumère.
scenario-wrong-key-near = un scénario n’a pas cette clé. Vouliez-vous dire « { $near } » ?
scenario-wrong-shape = il n’a pas la forme attendue. Écrivez « { $shape } ».
scenario-wrong-option = cette option n’existe pas. Les options sont format, fixed_cost et investment.
scenario-wrong-missing = il manque une valeur. Remplissez le champ.
scenario-wrong-number = ce n’est pas un nombre. Écrivez des chiffres, comme 1740 ou 51,8.
scenario-wrong-range = la valeur doit aller de { $least } à { $most }.
scenario-wrong-empty = le texte est vide. Écrivez un nom.
scenario-wrong-too-long = ce texte ne peut pas servir de nom. Écrivez 1 à 120 caractères visibles.
# $character is a code such as U+200B.
scenario-wrong-invisible = ce texte ne peut pas servir de nom. Écrivez 1 à 120 caractères visibles.
scenario-wrong-twice = la même chose est dite deux fois. Gardez-en une.
scenario-wrong-same-name = le changement { $other } porte déjà ce nom. Donnez-lui le sien.
scenario-wrong-contradicts = le changement { $other } dit autre chose de ce magasin. Un magasin se déplace et change de surface une fois, et ne fait rien d’autre s’il ferme.
