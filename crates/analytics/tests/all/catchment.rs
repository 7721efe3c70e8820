//! Catchments from outside: rings, outlines, decay and overlap against definitions worked out in a simpler way.

use std::collections::BTreeMap;

use chalandise_analytics::network::catchment::{
    Catchment, CatchmentError, DISTANCE_LIMITS_KM, MarketCell, Order, OutlineError, Ring, StoreCell, decay_curve,
    dissolve, equal_limits, overlaps,
};
use geo::{Area, BoundingRect, Contains, LineString, MultiPolygon, Point, Polygon};
use h3o::{CellIndex, LatLng, Resolution};
use proptest::prelude::*;

fn centre() -> CellIndex {
    LatLng::new(47.2173, -1.5534).expect("Nantes").to_cell(Resolution::Nine)
}

/// Cells round Nantes, from the inside.
fn cells(count: usize) -> Vec<u64> {
    let cells = centre().grid_disk::<Vec<_>>(40);
    cells.into_iter().take(count).map(u64::from).collect()
}

fn sold(cell: u64, distance: f64, revenue: i64) -> StoreCell {
    StoreCell {
        cell,
        distance,
        revenue,
        customers: 2,
        orders: 3,
    }
}

/// Cells with these distances and revenues.
fn store(rows: &[(f64, i64)]) -> Vec<StoreCell> {
    let cells = cells(rows.len()).into_iter().zip(rows);
    cells
        .map(|(cell, (distance, revenue))| sold(cell, *distance, *revenue))
        .collect()
}

fn rings(catchment: &Catchment) -> Vec<(f64, Ring)> {
    catchment
        .cells()
        .iter()
        .map(|cell| (cell.sold.distance, cell.ring))
        .collect()
}

#[test]
fn rings_take_cells_until_they_have_their_share() {
    use Ring::{Beyond, Primary, Secondary, Tertiary};
    let rows = store(&[
        (9.0, 400),
        (1.0, 3_000),
        (2.0, 2_000),
        (3.0, 3_000),
        (5.0, 1_500),
        (40.0, 100),
    ]);
    let catchment = Catchment::new(&rows, Order::NearestFirst).expect("good rows");
    let expected = [
        (1.0, Primary),
        (2.0, Primary),
        (3.0, Secondary),
        (5.0, Tertiary),
        (9.0, Beyond),
        (40.0, Beyond),
    ];
    assert_eq!(rings(&catchment), expected);
    let reach = |ring| catchment.within(ring).reach;
    assert_eq!(Ring::ALL.map(reach), [Some(2.0), Some(3.0), Some(5.0), Some(40.0)]);
    assert_eq!(
        Ring::ALL.map(|ring| catchment.within(ring).revenue),
        [5_000, 8_000, 9_500, 10_000]
    );
    let secondary = &catchment.rings()[1];
    assert_eq!(
        (
            secondary.cells,
            secondary.revenue,
            secondary.customers,
            secondary.orders
        ),
        (1, 3_000, 2, 3)
    );
    let shares: Vec<f64> = catchment.cells().iter().map(|cell| cell.cumulative_share).collect();
    assert_eq!(shares, [0.3, 0.5, 0.8, 0.95, 0.99, 1.0]);
}

#[test]
fn one_cell_with_everything_is_the_primary_ring_and_the_distance_of_all_shares() {
    let catchment = Catchment::new(&store(&[(0.3, 700)]), Order::NearestFirst).expect("good rows");
    for ring in Ring::ALL {
        let within = catchment.within(ring);
        assert_eq!((within.cells, within.reach), (1, Some(0.3)));
    }
    assert_eq!(catchment.rings()[1].cells, 0);
}

#[test]
fn equal_distances_go_by_the_index_of_the_cell() {
    let mut rows = store(&[(1.0, 100), (1.0, 100), (1.0, 100), (1.0, 100)]);
    let forward = Catchment::new(&rows, Order::NearestFirst).expect("good rows");
    rows.reverse();
    assert_eq!(Catchment::new(&rows, Order::NearestFirst).expect("good rows"), forward);
    assert!(forward.cells().is_sorted_by_key(|cell| cell.sold.cell));
}

#[test]
fn refunds_count_in_the_total_and_shares_never_fall() {
    // 60 % of the net total lie within 1 km, 100 % within 2, 80 % within 3, 100 % within 4.
    let rows = store(&[(1.0, 6_000), (2.0, 4_000), (3.0, -2_000), (4.0, 2_000)]);
    let catchment = Catchment::new(&rows, Order::NearestFirst).expect("good rows");
    let shares: Vec<f64> = catchment.cells().iter().map(|cell| cell.cumulative_share).collect();
    assert_eq!(shares, [0.6, 1.0, 1.0, 1.0]);
    assert_eq!(
        Ring::ALL.map(|ring| catchment.rings()[ring as usize].revenue),
        [6_000, 4_000, 0, 0]
    );
    assert_eq!(catchment.revenue(), 10_000);
}

#[test]
fn a_store_without_located_revenue_has_no_rings_and_is_no_error() {
    let empty = Catchment::new(&[], Order::NearestFirst).expect("no rows");
    assert!(empty.cells().is_empty());
    assert_eq!(empty.within(Ring::Beyond).reach, None);
    assert_eq!(
        empty.outline(Ring::Tertiary).expect("no cells"),
        MultiPolygon::new(vec![])
    );
    for order in [Order::NearestFirst, Order::LargestFirst] {
        let refunds = Catchment::new(&store(&[(1.0, 500), (2.0, -700)]), order).expect("good rows");
        assert_eq!(refunds.within(Ring::Tertiary).cells, 0);
        assert_eq!((refunds.revenue(), refunds.within(Ring::Beyond).cells), (-200, 2));
        assert!(refunds.cells().iter().all(|cell| cell.cumulative_share == 0.0));
    }
}

#[test]
fn the_largest_cells_first_are_the_smallest_area() {
    let rows = store(&[(1.0, 100), (2.0, 5_000), (3.0, 100), (4.0, 4_000), (5.0, 800)]);
    let catchment = Catchment::new(&rows, Order::LargestFirst).expect("good rows");
    let distances: Vec<f64> = catchment.cells().iter().map(|cell| cell.sold.distance).collect();
    assert_eq!(distances, [2.0, 4.0, 5.0, 1.0, 3.0]);
    assert_eq!(catchment.within(Ring::Secondary).cells, 2);
    assert_eq!(catchment.within(Ring::Secondary).reach, Some(4.0));
    assert_eq!(catchment.within(Ring::Primary).reach, Some(2.0));
}

#[test]
fn rows_that_are_no_catchment_are_named() {
    let fault = |rows: &[StoreCell]| {
        Catchment::new(rows, Order::NearestFirst)
            .expect_err("a fault")
            .to_string()
    };
    let good = cells(2);
    let coarse = u64::from(centre().parent(Resolution::Eight).expect("a parent"));
    assert_eq!(
        fault(&[sold(12, 1.0, 1)]),
        "row 0: 12 is no H3 cell; cells stand as h3_cell in the lake"
    );
    assert!(fault(&[sold(good[0], 1.0, 1), sold(coarse, 1.0, 1)]).starts_with("row 1: cell "));
    assert!(fault(&[sold(good[0], 1.0, 1), sold(good[0], 1.0, 1)]).ends_with("comes twice; add up its rows first"));
    assert!(fault(&[sold(good[0], f64::NAN, 1)]).starts_with("row 0: the distance is NaN"));
    assert!(fault(&[sold(good[0], -1.0, 1)]).starts_with("row 0: the distance is -1"));
    for second in [i64::MAX, i64::MIN] {
        let error = fault(&[sold(good[0], 1.0, 1), sold(good[1], 1.0, second)]);
        assert_eq!(
            error,
            "row 1: the revenue up to here is beyond 64 bits; is it in cents?"
        );
    }
}

proptest! {
    #[test]
    fn any_store_has_rings_that_hold_their_shares_and_no_cell_too_many(
        rows in prop::collection::vec((0.0..60.0_f64, -2_000..20_000_i64), 1..200),
        largest in any::<bool>(),
    ) {
        let order = if largest { Order::LargestFirst } else { Order::NearestFirst };
        let catchment = Catchment::new(&store(&rows), order).expect("good rows");
        let total: i64 = rows.iter().map(|(_, revenue)| revenue).sum();
        prop_assert_eq!(catchment.revenue(), total);
        prop_assert_eq!(catchment.within(Ring::Beyond).cells, rows.len() as u64);
        prop_assert!(catchment.cells().is_sorted_by_key(|cell| cell.ring));
        prop_assert!(catchment.cells().is_sorted_by_key(|cell| cell.cumulative_share));
        prop_assert!(catchment.cells().iter().all(|cell| (0.0..=1.0).contains(&cell.cumulative_share)));
        if total <= 0 {
            prop_assert_eq!(catchment.within(Ring::Tertiary).cells, 0);
            return Ok(());
        }
        for ring in [Ring::Primary, Ring::Secondary, Ring::Tertiary] {
            let wanted = total as i128 * i128::from(ring.percent());
            let within = catchment.within(ring);
            prop_assert!(i128::from(within.revenue) * 100 >= wanted);
            // Every shorter run of cells has less.
            let mut sum = 0_i128;
            for cell in &catchment.cells()[..within.cells as usize - 1] {
                sum += i128::from(cell.sold.revenue);
                prop_assert!(sum * 100 < wanted);
            }
        }
    }

    #[test]
    fn outlines_hold_exactly_their_cells(picks in prop::collection::btree_set(0..1_500_usize, 1..700)) {
        let all = cells(1_500);
        let picked: Vec<u64> = picks.iter().map(|pick| all[*pick]).collect();
        let outline = dissolve(picked.iter().copied()).expect("distinct cells");
        check_outline(&outline, &picked);
        for (number, cell) in all.iter().enumerate().step_by(37) {
            let inside = outline.contains(&place(*cell));
            prop_assert_eq!(inside, picks.contains(&number));
        }
    }
}

fn index(cell: u64) -> CellIndex {
    CellIndex::try_from(cell).expect("a cell")
}

fn place(cell: u64) -> Point<f64> {
    let centre = LatLng::from(index(cell));
    Point::new(centre.lng(), centre.lat())
}

fn hexagon(cell: u64) -> Polygon<f64> {
    let corners = index(cell).boundary();
    Polygon::new(
        corners.iter().map(|corner| (corner.lng(), corner.lat())).collect(),
        vec![],
    )
}

/// Positive where the ring runs counter-clockwise; in square degrees.
fn flat_area(ring: &LineString<f64>) -> f64 {
    let south = ring.0[0].y;
    let under = ring
        .lines()
        .map(|line| (line.start.x - line.end.x) * (line.start.y + line.end.y - 2.0 * south));
    under.sum::<f64>() / 2.0
}

/// The same on the unit sphere, under edges that run straight in longitude and sine of the latitude (Chamberlain & Duquette 2007).
fn round_area(ring: &LineString<f64>) -> f64 {
    flat_area(
        &ring
            .coords()
            .map(|point| (point.x.to_radians(), point.y.to_radians().sin()))
            .collect(),
    )
}

/// Area as its cells', flat and on the sphere; wound and closed as RFC 7946 has it; the parts in falling size.
fn check_outline(outline: &MultiPolygon<f64>, cells: &[u64]) {
    for area in [flat_area, round_area] {
        let whole: f64 = cells.iter().map(|cell| area(hexagon(*cell).exterior())).sum();
        let rings = outline
            .iter()
            .flat_map(|polygon| std::iter::once(polygon.exterior()).chain(polygon.interiors()));
        let dissolved: f64 = rings.map(area).sum();
        assert!((dissolved / whole - 1.0).abs() < 1e-9, "{dissolved} is not {whole}");
    }
    assert!(
        (outline.unsigned_area() / cells.iter().map(|cell| hexagon(*cell).unsigned_area()).sum::<f64>() - 1.0).abs()
            < 1e-9
    );
    let round: f64 = cells.iter().map(|cell| round_area(hexagon(*cell).exterior())).sum();
    let h3: f64 = cells.iter().map(|cell| index(*cell).area_rads2()).sum();
    assert!((round / h3 - 1.0).abs() < 1e-4, "edges of H3 are great circles");
    for polygon in outline {
        assert!(flat_area(polygon.exterior()) > 0.0);
        assert!(polygon.interiors().iter().all(|hole| flat_area(hole) < 0.0));
        assert!(polygon.exterior().is_closed() && polygon.interiors().iter().all(LineString::is_closed));
    }
    let sizes: Vec<f64> = outline.iter().map(|polygon| round_area(polygon.exterior())).collect();
    assert!(sizes.is_sorted_by(|left, right| *left >= right * (1.0 - 1e-3)));
}

#[test]
fn a_ring_has_a_hole_and_an_island_in_it_is_a_part_of_its_own() {
    let ring: Vec<u64> = centre().grid_ring::<Vec<_>>(3).into_iter().map(u64::from).collect();
    let outline = dissolve(ring.iter().copied()).expect("distinct cells");
    assert_eq!((outline.0.len(), outline.0[0].interiors().len()), (1, 1));
    check_outline(&outline, &ring);
    assert!(!outline.contains(&place(centre().into())));
    let mut with_island = ring.clone();
    with_island.push(centre().into());
    let outline = dissolve(with_island.iter().copied()).expect("distinct cells");
    let holes: Vec<usize> = outline.iter().map(|polygon| polygon.interiors().len()).collect();
    assert_eq!(holes, [1, 0]);
    check_outline(&outline, &with_island);
    assert!(outline.contains(&place(centre().into())));
}

#[test]
fn outlines_lie_in_each_other() {
    let rows: Vec<StoreCell> = cells(1_000)
        .into_iter()
        .enumerate()
        .map(|(number, cell)| {
            sold(
                cell,
                index(cell).grid_distance(centre()).map_or(99.0, f64::from),
                10_000 / (1 + number as i64),
            )
        })
        .collect();
    let catchment = Catchment::new(&rows, Order::NearestFirst).expect("good rows");
    let areas = Ring::ALL.map(|ring| catchment.outline(ring).expect("cells").unsigned_area());
    assert!(areas.is_sorted_by(|inner, outer| inner < outer));
    for cell in catchment.cells() {
        for ring in Ring::ALL {
            let outline = catchment.outline(ring).expect("cells");
            assert_eq!(outline.contains(&place(cell.sold.cell)), cell.ring <= ring);
            if cell.sold.cell % 7 != 0 {
                break;
            }
        }
    }
    let primary = catchment
        .outline(Ring::Primary)
        .expect("cells")
        .bounding_rect()
        .expect("a box");
    assert!(primary.width() < 0.1);
}

#[test]
fn cells_without_an_outline_are_named() {
    assert_eq!(dissolve([7]), Err(OutlineError::NotACell { cell: 7 }));
    let error = dissolve([centre().into(), centre().into()]).expect_err("a cell twice");
    assert_eq!(
        error.to_string(),
        "the cells have no outline (duplicate indices); give each cell once, all of one resolution"
    );
}

fn market(distance: f64, revenue: i64, customers: u64, households: f64) -> MarketCell {
    MarketCell {
        distance,
        households,
        potential: 20.0 * households,
        revenue,
        customers,
    }
}

#[test]
fn bands_and_what_lies_beyond_add_up_to_the_market() {
    let cells: Vec<_> = (0..1_000_u32)
        .map(|number| {
            let far = f64::from(number) / 10.0;
            market(far, 1_000 - i64::from(number), u64::from(number % 4), 12.5)
        })
        .collect();
    let curve = decay_curve(&cells, &DISTANCE_LIMITS_KM).expect("good rows");
    let all = || curve.bands.iter().chain([&curve.beyond]);
    assert_eq!(all().map(|band| band.cells).sum::<u64>(), 1_000);
    assert_eq!(
        all().map(|band| band.revenue).sum::<i64>(),
        cells.iter().map(|cell| cell.revenue).sum::<i64>()
    );
    assert_eq!(all().map(|band| band.households).sum::<f64>(), 12_500.0);
    let ends: Vec<_> = curve.bands.iter().map(|band| (band.from, band.to)).collect();
    assert_eq!((ends[0], ends[8]), ((0.0, Some(2.0)), (60.0, Some(80.0))));
    // 0.0 to 1.9 km; 2.0 belongs to the next band.
    assert_eq!(
        (curve.bands[0].cells, curve.bands[1].cells, curve.beyond.cells),
        (20, 30, 200)
    );
    let band = &curve.bands[0];
    let found = band.penetration().expect("households");
    assert_eq!((band.customers, found.rate), (30, 0.12));
    let (low, high) = found.interval.expect("an interval");
    assert!(low < 0.12 && 0.12 < high);
    assert_eq!(band.share_of_potential(), Some(band.revenue as f64 / 100.0 / 5_000.0));
    let nobody = decay_curve(&[], &[1.0]).expect("no rows");
    assert_eq!(
        (nobody.bands[0].penetration(), nobody.bands[0].share_of_potential()),
        (None, None)
    );
}

#[test]
fn equal_bands_hold_equal_weights() {
    let rows: Vec<_> = (0..1_000_u32)
        .map(|number| (f64::from(number * 37 % 1_000) / 10.0, f64::from(1 + number % 3)))
        .collect();
    let limits = equal_limits(&rows, 10).expect("good rows");
    assert_eq!(limits.len(), 10);
    let cells: Vec<_> = rows
        .iter()
        .map(|(distance, weight)| market(*distance, 0, 0, *weight))
        .collect();
    let curve = decay_curve(&cells, &limits).expect("limits rise");
    assert_eq!(curve.beyond.cells, 0);
    let total: f64 = rows.iter().map(|(_, weight)| weight).sum();
    assert!(
        curve
            .bands
            .iter()
            .all(|band| (band.households - total / 10.0).abs() <= 3.0)
    );
    // All at one place: one band.
    let limits = equal_limits(&[(0.0, 1.0); 8], 10).expect("good rows");
    assert_eq!(
        decay_curve(&[market(0.0, 0, 0, 1.0)], &limits)
            .expect("limits rise")
            .bands
            .len(),
        1
    );
    assert_eq!(equal_limits(&[(4.0, 0.0)], 10), Ok(vec![]));
    assert_eq!(equal_limits(&[(4.0, 1.0)], 0), Ok(vec![]));
}

#[test]
fn a_market_that_cannot_be_is_named() {
    let one = [market(1.0, 5, 1, 2.0)];
    let fault = |limits: &[f64]| decay_curve(&one, limits).expect_err("a fault");
    assert_eq!(fault(&[2.0, 2.0]), CatchmentError::Limits { number: 1, limit: 2.0 });
    assert_eq!(fault(&[0.0]), CatchmentError::Limits { number: 0, limit: 0.0 });
    assert!(
        fault(&[f64::INFINITY])
            .to_string()
            .starts_with("limit 0 of the distance bands is inf")
    );
    let wrong = decay_curve(&[market(1.0, 5, 1, -2.0)], &[2.0]).expect_err("a fault");
    assert_eq!(wrong.to_string(), "row 0: households is -2; give a number from 0");
    assert!(equal_limits(&[(1.0, f64::NAN)], 3).is_err());
}

proptest! {
    #[test]
    fn overlaps_are_those_of_sets(
        stores in prop::collection::vec(prop::collection::btree_map(0..60_usize, (0.0..9.0_f64, -50..900_i64), 0..40), 0..7)
    ) {
        let all = cells(60);
        let catchments: Vec<Catchment> = stores
            .iter()
            .map(|rows| {
                let rows: Vec<_> = rows.iter().map(|(cell, (far, revenue))| sold(all[*cell], *far, *revenue)).collect();
                Catchment::new(&rows, Order::NearestFirst).expect("good rows")
            })
            .collect();
        let held: Vec<BTreeMap<u64, i64>> = catchments
            .iter()
            .map(|catchment| {
                let inside = catchment.cells().iter().filter(|cell| cell.ring <= Ring::Secondary);
                inside.map(|cell| (cell.sold.cell, cell.sold.revenue.max(0))).collect()
            })
            .collect();
        let mut found = overlaps(&catchments, Ring::Secondary).expect("one resolution").into_iter();
        for (store, own) in held.iter().enumerate() {
            for (other, theirs) in held.iter().enumerate().filter(|(other, _)| *other != store) {
                let common: Vec<_> = own.iter().filter_map(|(cell, revenue)| Some((*revenue, *theirs.get(cell)?))).collect();
                if common.is_empty() {
                    continue;
                }
                let pair = found.next().expect("a pair");
                prop_assert_eq!((pair.store, pair.other, pair.cells), (store, other, common.len() as u64));
                let (mine, other_s) = common.iter().fold((0, 0), |sum, both| (sum.0 + both.0, sum.1 + both.1));
                prop_assert_eq!((pair.revenue, pair.other_revenue), (mine, other_s));
                let total: i64 = own.values().sum();
                prop_assert_eq!(pair.share, (total > 0).then(|| mine as f64 / total as f64));
                prop_assert_eq!(pair.share_of_common, (mine + other_s > 0).then(|| mine as f64 / (mine + other_s) as f64));
            }
        }
        prop_assert_eq!(found.next(), None);
    }
}

#[test]
fn catchments_of_several_resolutions_have_no_overlap_to_compute() {
    let one = |cell| Catchment::new(&[sold(cell, 1.0, 5)], Order::NearestFirst).expect("good rows");
    let coarse = u64::from(centre().parent(Resolution::Eight).expect("a parent"));
    let empty = Catchment::new(&[], Order::NearestFirst).expect("no rows");
    assert_eq!(
        overlaps(&[empty, one(centre().into()), one(coarse)], Ring::Secondary),
        Err(CatchmentError::MixedCatchments { catchment: 2 })
    );
}
