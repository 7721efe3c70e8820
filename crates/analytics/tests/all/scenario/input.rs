//! What is no network and no scenario.

use chalandise_analytics::network::scenario::{Cell, Change, Distances, Network, Rule, Site};

use super::{at, small, store};

#[test]
fn what_cannot_be_is_named() {
    let (cells, rule) = small();
    let sites = vec![store("A", at(47.0, 2.0)), store("B", at(47.1, 2.2))];
    let network = Network::new(&cells, sites.clone(), rule).unwrap();
    let close = |id: &str| Change::Close { id: id.to_owned() };
    let to = |id: &str, place| Change::Move {
        id: id.to_owned(),
        to: place,
        distances: Distances::GreatCircle,
    };
    let resize = |id: &str, attraction| Change::Resize {
        id: id.to_owned(),
        attraction,
        covariates: vec![0.0],
    };
    let said = |changes: &[Change]| network.evaluate(changes).expect_err("a fault").to_string();
    assert!(said(&[close("C")]).starts_with("site C is not in the network"));
    assert!(said(&[Change::Open(store("A", at(47.0, 2.0)))]).starts_with("site A is there already"));
    assert_eq!(
        said(&[to("A", at(47.2, 2.0)), close("A")]),
        "site A cannot both close and move; keep one of the two"
    );
    assert!(said(&[to("A", at(47.2, 2.0)), to("A", at(47.3, 2.0))]).contains("move and move elsewhere"));
    assert!(said(&[resize("B", 2.0), resize("B", 3.0)]).contains("resize otherwise"));
    assert!(said(&[resize("B", -2.0)]).starts_with("site B: the attraction is -2"));
    assert!(said(&[resize("B", f64::NAN)]).contains("NaN"));
    let open = |place, attraction, covariates| {
        Change::Open(Site {
            attraction,
            covariates,
            ..store("N", place)
        })
    };
    assert!(said(&[open(at(91.0, 0.0), 1.0, vec![0.0])]).starts_with("site N: 91, 0 is no place"));
    assert!(said(&[open(at(47.0, 2.0), 1.0, vec![])]).contains("has 0 covariates and the others have 1"));
    assert!(said(&[open(at(47.0, 2.0), 1.0, vec![f64::NEG_INFINITY])]).contains("a covariate is -inf"));
    let listed = Site {
        distances: Distances::Listed(vec![(0, 1.0)]),
        ..store("N", at(47.0, 2.0))
    };
    assert!(said(&[Change::Open(listed.clone())]).contains("give no distances for every site"));
    let many: Vec<Change> = (0..10_000).map(|number| close(&number.to_string())).collect();
    assert!(said(&many).starts_with("10000 changes are too many"));

    let fault =
        |cells: &[Cell], sites: Vec<Site>, rule| Network::new(cells, sites, rule).expect_err("a fault").to_string();
    assert!(fault(&cells, vec![sites[0].clone(); 2], rule).starts_with("site A is there already"));
    assert!(
        fault(
            &cells,
            sites.clone(),
            Rule {
                coefficient: 0.3,
                ..rule
            }
        )
        .contains("must be below 0")
    );
    assert!(
        fault(
            &cells,
            sites.clone(),
            Rule {
                smallest_distance: 0.0,
                ..rule
            }
        )
        .contains("above 0 for a power")
    );
    assert!(
        fault(
            &cells,
            sites.clone(),
            Rule {
                outside: f64::INFINITY,
                ..rule
            }
        )
        .contains("outside weight")
    );
    assert!(
        fault(
            &cells,
            sites.clone(),
            Rule {
                smallest_distance: 1e-200,
                ..rule
            }
        )
        .contains("at most 1e150")
    );
    let bad = [Cell {
        place: at(47.0, f64::NAN),
        potential: 1.0,
    }];
    assert!(fault(&bad, sites.clone(), rule).starts_with("cell 0: 47, NaN is no place"));
    let bad = [Cell {
        place: at(47.0, 2.0),
        potential: -1.0,
    }];
    assert!(fault(&bad, sites.clone(), rule).starts_with("cell 0: the potential is -1"));
    assert!(fault(&cells, vec![listed.clone(), sites[0].clone()], rule).contains("give listed distances"));
    for list in [
        vec![(40, 1.0)],
        vec![(3, -1.0)],
        vec![(3, f64::NAN)],
        vec![(3, 1.0), (4, 1.0), (3, 2.0)],
    ] {
        let site = Site {
            distances: Distances::Listed(list),
            ..listed.clone()
        };
        assert!(fault(&cells, vec![site], rule).contains("list each of the 40 cells at most once"));
    }
    assert!(matches!(Network::new(&cells, vec![], rule).unwrap().totals().outside, outside if outside > 0.0));
    assert!(
        Network::new(&[], sites, rule)
            .unwrap()
            .evaluate(&[close("A")])
            .unwrap()
            .cells
            .is_empty()
    );
}
