### The band with the map of a page, and the panel beside it.

map-map = Map
map-layers = Layers of the map
map-files = Files of the map
# Stands behind the name of a file or a table: “CSV, carte”.
map-of-map = map
map-unlocated = { $total }, of which { $without } ({ $share }) without an address
map-cells-drawn = { $place } · H3 cells of level { $level }, about { $area } km² each.
# Follows map-cells-drawn.
map-coarser = At level { $level }, usual for this view, more than 25% of located revenue would be hidden.

## Source line

map-located-orders = n = { $count } located orders
map-shown-cells = { $count } cells with figures
map-hidden-cells = { $count } hidden (fewer than { $least } customers)
map-coarse = { $revenue } located by commune only, not drawn

## Table of cells

map-cells = Cells of the map
map-all-cells = All cells: { $count }
map-communes = Communes
map-h3-cell = H3 cell
map-penetration = Penetration
map-potential = Potential
map-share-of-potential = Share of potential
map-observed = Observed sales
map-expected = Expected sales
map-residual = Difference, in standard deviations

## Panel

map-selected-cell = Selected cell
map-first-cells = First cells
map-cell = Cell
map-measure = Measure
map-value = Value
map-choose-cell = Choose a cell, here or on the map, to see its figures, last year and the stores of its customers.
map-no-sale = No sale in this cell for these filters.
map-too-few = Too few customers: this cell carries no figure.
map-revenue = Revenue
map-figures-of-cell = Figures of the cell, change on last year
map-change = Change on last year
map-where-customers-buy = Where its customers buy, share of revenue
map-store-or-channel = Store or channel
map-bar = Bar
map-share = Share
map-other-stores = { $count } other stores
map-small-groups = Small groups, together
map-monthly-revenue = Monthly revenue and last year
map-look-closer = Look closer
map-close-panel = Close
