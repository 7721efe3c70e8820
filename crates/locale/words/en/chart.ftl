### What drawings say by themselves: charts, maps and their legends.

chart-no-data = No data for this selection.
chart-hidden = group too small, hidden

## Views of a map

chart-france = Metropolitan France
chart-around = around { $place }
chart-inset = Paris region × { $factor }
chart-move = Move and zoom the map
chart-zoom-in = Zoom in
chart-zoom-out = Zoom out
chart-north = North
chart-south = South
chart-east = East
chart-west = West

## Stores on a map

chart-store-opening = { $name }, opening
chart-store-closed = { $name }, closed
chart-store-competitor = { $name }, competitor

## Legends

chart-legend = Legend
chart-legend-of-map = Number of cells in each class, store sizes and signs of the map.
chart-legend-of-figure = Classes of colours and signs of the map.
chart-same-classes = { $measure } (same classes)
chart-stores-by-revenue = Stores, area by revenue
# Before the circles, in one line with them.
chart-stores-by-revenue-key = Stores, area by revenue:
chart-store = store
chart-chosen-store = chosen store
chart-opening = opening
chart-closing = closing
chart-competitor = competitor
chart-few-customers = fewer than { $least } customers
chart-few-customers-hidden = fewer than { $least } customers, hidden
chart-no-sale = no sale
chart-zero = zero
# Whose data the ground is; the licences ask for it.
chart-sources = Base map: Natural Earth; communes: GeoNames (CC BY 4.0), Etalab (LO 2.0)

## What a cell of a legend is, and how its classes came about

# $level is chart-level, $cells chart-cells, $breaks one of chart-breaks-….
chart-about = { $level }; { $cells }; { $breaks }
# As chart-about, on a map without cells.
chart-about-no-cells = { $cells }; { $breaks }
chart-level = H3 level { $level }, about { $area }
# $count chooses the form; $shown is the same number as it is written.
chart-cells = { $count ->
    [one] { $shown } cell
   *[other] { $shown } cells
}
chart-breaks-one-three-ten = fixed 1-3-10 breaks
chart-breaks-even = equal rounded breaks
chart-breaks-difference = 1-3-10 breaks on both sides of 0
chart-breaks-given = chosen breaks
chart-thousands = thousands
chart-millions = millions
chart-billions = billions
