### What drawings say by themselves: charts, maps and their legends.

chart-no-data = Aucune donnée pour cette sélection.
chart-hidden = groupe trop petit, masqué

## Views of a map

chart-france = France métropolitaine
chart-around = autour de { $place }
chart-inset = Île-de-France × { $factor }
chart-move = Déplacer et agrandir la carte
chart-zoom-in = Agrandir
chart-zoom-out = Réduire
chart-north = Vers le nord
chart-south = Vers le sud
chart-east = Vers l’est
chart-west = Vers l’ouest

## Stores on a map

chart-store-opening = { $name }, ouverture
chart-store-closed = { $name }, fermé
chart-store-competitor = { $name }, concurrent

## Legends

chart-legend = Légende
chart-legend-of-map = Nombre de cellules par classe, taille des magasins et signes de la carte.
chart-legend-of-figure = Classes de couleurs et signes de la carte.
chart-same-classes = { $measure } (mêmes classes)
chart-stores-by-revenue = Magasins, surface selon le CA
# Before the circles, in one line with them.
chart-stores-by-revenue-key = Magasins, surface selon le CA :
chart-store = magasin
chart-chosen-store = magasin choisi
chart-opening = ouverture
chart-closing = fermeture
chart-competitor = concurrent
chart-few-customers = moins de { $least } clients
chart-few-customers-hidden = moins de { $least } clients, masqué
chart-no-sale = aucune vente
chart-zero = zéro
# Whose data the ground is; the licences ask for it.
chart-sources = Fonds : Natural Earth ; communes : GeoNames (CC BY 4.0), Etalab (LO 2.0)

## What a cell of a legend is, and how its classes came about

# $level is chart-level, $cells chart-cells, $breaks one of chart-breaks-….
chart-about = { $level } ; { $cells } ; { $breaks }
# As chart-about, on a map without cells.
chart-about-no-cells = { $cells } ; { $breaks }
chart-level = H3 niveau { $level }, environ { $area }
# $count chooses the form; $shown is the same number as it is written.
chart-cells = { $count ->
    [one] { $shown } cellule
   *[other] { $shown } cellules
}
chart-breaks-one-three-ten = paliers 1-3-10 fixes
chart-breaks-even = paliers égaux arrondis
chart-breaks-difference = paliers 1-3-10 de part et d’autre de 0
chart-breaks-given = paliers choisis
chart-thousands = milliers
chart-millions = millions
chart-billions = milliards
