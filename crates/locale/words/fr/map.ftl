### The band with the map of a page, and the panel beside it.

map-map = Carte
map-layers = Couches de la carte
map-files = Fichiers de la carte
# Stands behind the name of a file or a table: “CSV, carte”.
map-of-map = carte
map-unlocated = { $total } dont { $without } ({ $share }) sans adresse
map-cells-drawn = { $place } · cellules H3 de niveau { $level }, environ { $area } km² chacune.
# Follows map-cells-drawn.
map-coarser = Au niveau { $level }, habituel pour cette vue, plus de 25 % du chiffre d’affaires localisé serait masqué.

## Source line

map-located-orders = n = { $count } commandes localisées
map-shown-cells = { $count } cellules chiffrées
map-hidden-cells = { $count } masquées (moins de { $least } clients)
map-coarse = { $revenue } localisés à la commune seulement, non dessinés

## Table of cells

map-cells = Cellules de la carte
map-all-cells = Toutes les cellules : { $count }
map-communes = Communes
map-h3-cell = Cellule H3
map-penetration = Pénétration
map-potential = Potentiel
map-share-of-potential = Part du potentiel
map-observed = Ventes observées
map-expected = Ventes attendues
map-residual = Écart, en écarts-types

## Panel

map-selected-cell = Cellule sélectionnée
map-first-cells = Premières cellules
map-cell = Cellule
map-measure = Mesure
map-value = Valeur
map-choose-cell = Choisissez une cellule, ici ou sur la carte, pour voir ses chiffres, l’an passé et les magasins de ses clients.
map-no-sale = Aucune vente dans cette cellule pour ces filtres.
map-too-few = Trop peu de clients : cette cellule ne porte aucun chiffre.
map-revenue = Chiffre d’affaires
map-figures-of-cell = Chiffres de la cellule, écart à l’an passé
map-change = Écart à l’an passé
map-where-customers-buy = Où achètent ses clients, part du CA
map-store-or-channel = Magasin ou canal
map-bar = Barre
map-share = Part
map-other-stores = { $count } autres magasins
map-small-groups = Petits groupes, ensemble
map-monthly-revenue = CA mensuel et an passé
map-look-closer = Voir de plus près
map-close-panel = Fermer
