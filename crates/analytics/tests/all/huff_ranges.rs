//! Huff's model over wide ranges: shares that add up, units that do not matter, and data that tell too little.

use chalandise_analytics::network::huff::{
    Calibration, ChoiceError, ChoiceSets, Decay, Ending, Huff, Redundancy, fit_mci, fit_multinomial, fit_totals,
};
use proptest::collection::vec;
use proptest::prelude::*;

use crate::support::close;

/// A positive number of any order of magnitude between these powers of ten.
fn magnitude(from: f64, to: f64) -> impl Strategy<Value = f64> {
    (from..to).prop_map(|power| 10.0_f64.powf(power))
}

fn decay() -> impl Strategy<Value = Decay> {
    (0..4_usize).prop_map(|place| Decay::ALL[place])
}

/// One origin after the other, each with all destinations.
fn full(origins: usize, destinations: usize, width: usize, covariates: Vec<f64>) -> ChoiceSets {
    let starts = (0..=origins).map(|origin| origin * destinations).collect();
    let columns = (0..origins * destinations)
        .map(|row| (row % destinations) as u32)
        .collect();
    ChoiceSets::new(starts, columns, destinations, width, covariates).expect("good rows")
}

/// Nothing in a calibration is anything but a number.
fn sound(fit: &Calibration) -> bool {
    let errors = fit.standard_errors().unwrap_or_default();
    let others = [fit.log_likelihood, fit.aic, fit.r2];
    let places = 0..fit.coefficients.len();
    let covariance = fit.covariance.iter();
    let negative = covariance
        .flat_map(|it| places.clone().map(|place| it.get(place, place)))
        .any(|variance| variance < 0.0);
    let numbers = fit.coefficients.iter().chain(&errors).copied();
    !negative && numbers.chain(others.into_iter().flatten()).all(f64::is_finite)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, ..ProptestConfig::default() })]

    #[test]
    fn flows_add_up_to_the_market(
        decay in decay(),
        coefficient in -50.0..5.0_f64,
        exponents in vec(0.0..4.0_f64, 2),
        outside in proptest::option::of(magnitude(-30.0, 10.0)),
        market in magnitude(-6.0, 12.0),
        areas in vec(magnitude(-3.0, 9.0), 14),
        distances in vec(magnitude(-9.0, 9.0), 7),
    ) {
        let huff = Huff::new(exponents, decay, coefficient, outside).expect("good numbers");
        let flows = huff.flows(&[market], 7, &areas, &distances).expect("good numbers");
        prop_assert!(flows.flows.iter().all(|flow| flow.is_finite() && *flow >= 0.0), "{flows:?}");
        let sum = flows.flows.iter().sum::<f64>() + flows.outside[0];
        prop_assert!((sum / market - 1.0).abs() < 1e-13, "{sum} of {market}");
        prop_assert!(outside.is_some() || flows.outside[0] == 0.0);
    }

    #[test]
    fn units_do_not_matter(
        coefficient in -5.0..0.0_f64,
        exponent in 0.1..3.0_f64,
        areas in vec(magnitude(1.0, 5.0), 5),
        distances in vec(magnitude(-2.0, 3.0), 10),
        (feet, miles) in (magnitude(-3.0, 3.0), magnitude(-3.0, 3.0)),
    ) {
        let huff = Huff::new(vec![exponent], Decay::Power, coefficient, None).expect("good numbers");
        let there = |areas: &[f64], distances: &[f64]| huff.flows(&[1.0, 1.0], 5, areas, distances).expect("good numbers");
        let in_feet: Vec<f64> = areas.iter().map(|area| area * feet).collect();
        let in_miles: Vec<f64> = distances.iter().map(|distance| distance * miles).collect();
        for (here, there) in there(&areas, &distances).flows.iter().zip(there(&in_feet, &in_miles).flows) {
            prop_assert!((here - there).abs() < 1e-12, "{here} and {there}");
        }
        // Nor does it matter for one covariate that enters as it is when the coefficient takes the unit.
        let huff = |coefficient| Huff::new(vec![exponent], Decay::Exponential, coefficient, None).expect("good numbers");
        let here = huff(coefficient).flows(&[1.0, 1.0], 5, &areas, &distances).expect("good numbers");
        let there = huff(coefficient / miles).flows(&[1.0, 1.0], 5, &areas, &in_miles).expect("good numbers");
        for (here, there) in here.flows.iter().zip(there.flows) {
            prop_assert!((here - there).abs() < 1e-9, "{here} and {there}");
        }
    }

    #[test]
    fn calibrations_are_sound_whatever_the_data(
        areas in vec(magnitude(-3.0, 6.0), 5),
        distances in vec(magnitude(-3.0, 4.0), 40),
        flows in vec(prop_oneof![Just(0.0), magnitude(-6.0, 9.0), (1.0..9.0_f64).prop_map(f64::floor)], 40),
        decay in decay(),
    ) {
        let covariates = (0..40).flat_map(|row| [areas[row % 5].ln(), decay.transform(distances[row])]);
        let sets = full(8, 5, 2, covariates.collect());
        let markets: Vec<f64> = flows.chunks(5).map(|row| row.iter().sum()).collect();
        let totals: Vec<f64> = (0..5).map(|store| flows.iter().skip(store).step_by(5).sum()).collect();
        let fits = [
            fit_multinomial(&sets, &flows),
            fit_mci(&sets, &flows),
            fit_totals(&sets, &markets, &totals, Some(&[1.0, -1.0])),
        ];
        for fit in fits.into_iter().flatten() {
            prop_assert!(sound(&fit), "{fit:?}");
            prop_assert!(fit.converged() || fit.covariance.is_none());
            prop_assert!(fit.converged() || fit.ending.reason(&["area", "distance"]).is_some());
        }
    }

    /// The same choices in any unit, with columns that share nearly all they say, give the same fit.
    #[test]
    fn hostile_scales_are_no_trouble(
        (area_unit, distance_unit, flow_unit) in (magnitude(-30.0, 30.0), magnitude(-30.0, 30.0), magnitude(-12.0, 12.0)),
        shift in -1e6..1e6_f64,
        spread in vec(0.0..2.0_f64, 30),
    ) {
        let distances: Vec<f64> = (0..30).map(|row| 1.0 + (row * 11 % 17) as f64 + spread[row]).collect();
        let area = |row: usize| [0.3, 1.1, 2.0, 0.1, 1.6][row % 5] + distances[row] / 100.0;
        let fit = |area_unit: f64, distance_unit: f64, flow_unit: f64, shift: f64| {
            let covariates = (0..30).flat_map(|row| [area_unit * (area(row) + shift), distance_unit * distances[row]]);
            // Flows that no model gives exactly.
            let flows = (0..30).map(|row| flow_unit * (10.0 + (row * 7 % 11) as f64 + 40.0 * area(row) / distances[row]));
            fit_multinomial(&full(6, 5, 2, covariates.collect()), &flows.collect::<Vec<f64>>()).expect("good flows")
        };
        let (plain, hostile) = (fit(1.0, 1.0, 1.0, 0.0), fit(area_unit, distance_unit, flow_unit, shift));
        prop_assert!(plain.converged() && hostile.converged(), "{:?} {:?}", plain.ending, hostile.ending);
        let (plain_errors, errors) = (plain.standard_errors().expect("curved"), hostile.standard_errors().expect("curved"));
        for (covariate, unit) in [area_unit, distance_unit].into_iter().enumerate() {
            let off = (plain.coefficients[covariate] - hostile.coefficients[covariate] * unit).abs();
            prop_assert!(off < 1e-6 * plain_errors[covariate], "{off}");
            let ratio = errors[covariate] * unit * flow_unit.sqrt() / plain_errors[covariate];
            prop_assert!((ratio - 1.0).abs() < 1e-6, "{ratio}");
        }
    }
}

/// Everybody goes to the nearest store: no coefficient of the distance is large enough.
#[test]
fn separated_flows_are_told() {
    let distances = [1.0, 5.0, 9.0, 7.0, 2.0, 8.0, 6.0, 9.0, 3.0, 2.0, 4.0, 5.0];
    let areas = [3.0, 1.0, 2.0];
    let covariates = (0..12).flat_map(|row| [areas[row % 3], distances[row]]).collect();
    let nearest = |origin: usize| {
        (0..3)
            .map(|store| distances[origin * 3 + store])
            .fold(f64::INFINITY, f64::min)
    };
    let flows: Vec<f64> = (0..12)
        .map(|row| if distances[row] == nearest(row / 3) { 40.0 } else { 0.0 })
        .collect();
    let fit = fit_multinomial(&full(4, 3, 2, covariates), &flows).expect("good flows");
    assert!(sound(&fit) && fit.covariance.is_none());
    assert_eq!(fit.ending, Ending::Unbounded { covariate: 1 });
    let reason = fit.ending.reason(&["area", "minutes"]).expect("a reason");
    assert!(reason.contains("`minutes`"), "{reason}");
    // One who goes elsewhere is enough for a maximum.
    let mut flows = flows;
    flows[1] = 1.0;
    flows[3] = 1.0;
    let covariates = (0..12).map(|row| distances[row]).collect();
    let fit = fit_multinomial(&full(4, 3, 1, covariates), &flows).expect("good flows");
    assert!(fit.converged(), "{:?}", fit.ending);
}

#[test]
fn columns_that_say_nothing_are_told() {
    let distances = [1.0_f64, 5.0, 9.0, 7.0, 2.0, 8.0];
    let flows = [30.0, 10.0, 5.0, 8.0, 20.0, 4.0];
    let with = |extra: &dyn Fn(usize) -> f64| {
        let covariates = (0..6).flat_map(|row| [distances[row], extra(row)]).collect();
        let sets = full(2, 3, 2, covariates);
        [fit_multinomial(&sets, &flows), fit_mci(&sets, &flows)].map(|fit| fit.expect("good flows"))
    };
    let alone = full(2, 3, 1, distances.to_vec());
    let alone = [fit_multinomial(&alone, &flows), fit_mci(&alone, &flows)].map(|fit| fit.expect("good flows"));
    let cases: [(&dyn Fn(usize) -> f64, Redundancy); 2] = [
        // What only the origin has, such as its income.
        (&|row| [27.1, 31.3][row / 3], Redundancy::Constant),
        // The distance in metres, from somewhere.
        (&|row| 1_000.0 * distances[row] + 12.7, Redundancy::Collinear),
    ];
    for (extra, why) in cases {
        for (fit, alone) in with(extra).iter().zip(&alone) {
            assert_eq!(fit.ending, Ending::Redundant { covariate: 1, why });
            assert!(sound(fit) && fit.covariance.is_none());
            assert_eq!(fit.coefficients[1], 0.0);
            close(fit.coefficients[0], alone.coefficients[0], 1e-12);
            close(
                fit.log_likelihood.expect("finite"),
                alone.log_likelihood.expect("finite"),
                1e-12,
            );
        }
    }
}

/// In a whole country nearly all stores are out of reach, and the square of the distance grows to millions.
#[test]
fn far_stores_are_no_trouble() {
    let place = |number: usize| ((number * 7_919 % 1_000) as f64, (number * 104_729 % 1_000) as f64);
    let distance = |row: usize| {
        let ((x, y), (u, v)) = (place(row / 60 + 500), place(row % 60 + 3));
        (x - u).hypot(y - v)
    };
    for (decay, truth) in [
        (Decay::Gaussian, -0.002),
        (Decay::Exponential, -0.3),
        (Decay::Power, -9.0),
    ] {
        let covariates = (0..60 * 80)
            .map(|row| decay.transform(distance(row).max(0.1)))
            .collect();
        let sets = full(80, 60, 1, covariates);
        let shares = sets.shares(&[truth]).expect("one coefficient");
        let flows: Vec<f64> = shares.iter().map(|share| 1_000.0 * share).collect();
        let fit = fit_multinomial(&sets, &flows).expect("good flows");
        assert!(fit.converged(), "{decay}: {:?}", fit.ending);
        close(fit.coefficients[0], truth, 1e-9);
    }
}

#[test]
fn origins_without_flow_say_nothing() {
    let distances = vec![1.0, 5.0, 9.0, 7.0, 2.0, 8.0, 3.0, 3.5, 1.0];
    let flows = [30.0, 10.0, 5.0, 0.0, 0.0, 0.0, 8.0, 20.0, 4.0];
    let all = fit_multinomial(&full(3, 3, 1, distances.clone()), &flows).expect("good flows");
    let without = |from: &[f64]| [&from[..3], &from[6..]].concat();
    let fewer = fit_multinomial(&full(2, 3, 1, without(&distances)), &without(&flows)).expect("good flows");
    assert_eq!(all, fewer);
}

#[test]
fn faults_are_named() {
    let sets = full(2, 3, 1, vec![1.0, 5.0, 9.0, 7.0, 2.0, 8.0]);
    let none = fit_multinomial(&sets, &[0.0; 6]).expect_err("no flow");
    assert_eq!(none, ChoiceError::NoFlow);
    let zero = fit_mci(&sets, &[1.0, 1.0, 1.0, 1.0, 0.0, 1.0]).expect_err("no logarithm");
    let expected = ChoiceError::ZeroFlow {
        row: 4,
        origin: 1,
        destination: 1,
    };
    assert_eq!(zero, expected);
    for bad in [f64::NAN, -1.0, f64::INFINITY] {
        let error = fit_multinomial(&sets, &[1.0, bad, 1.0, 1.0, 1.0, 1.0]).expect_err("no amount");
        assert!(error.to_string().starts_with("row 1: the flow is"), "{error}");
        let error = fit_totals(&sets, &[1.0, bad], &[1.0; 3], None).expect_err("no amount");
        assert!(error.to_string().starts_with("origin 1: its market is"), "{error}");
        let error = fit_totals(&sets, &[1.0; 2], &[1.0, 1.0, bad], None).expect_err("no amount");
        assert!(error.to_string().starts_with("destination 2: its total is"), "{error}");
    }
    let error = fit_multinomial(&sets, &[1.0; 5]).expect_err("short");
    assert_eq!(error.to_string(), "flows: 5 given, 6 needed");
    assert_eq!(
        fit_totals(&sets, &[0.0; 2], &[1.0; 3], None),
        Err(ChoiceError::NoMarket)
    );
    let few = full(2, 2, 3, (0..12).map(|it| f64::from(it * it % 7)).collect());
    let error = fit_totals(&few, &[1.0; 2], &[1.0; 2], None).expect_err("few");
    assert!(
        matches!(error, ChoiceError::TooFewDestinations { found: 2, .. }),
        "{error}"
    );
    let lone = ChoiceSets::new(vec![0, 2], vec![0, 1], 3, 1, vec![1.0, 2.0]).expect("good rows");
    let error = fit_totals(&lone, &[1.0], &[1.0, 1.0, 5.0], None).expect_err("unreached");
    assert!(
        matches!(error, ChoiceError::Unreached { destination: 2, .. }),
        "{error}"
    );
}

/// Sums are taken in parts that depend on the pairs alone, so that many origins in one go are the same digits again and again.
#[test]
fn many_pairs_give_the_same_digits_each_time() {
    let covariates = (0..60_000_u64)
        .map(|row| (row * 2_654_435_761 % 1_009) as f64 / 100.0)
        .collect();
    let sets = full(3_000, 20, 1, covariates);
    let flows: Vec<f64> = (0..60_000_u64).map(|row| (row * 40_503 % 17) as f64).collect();
    let first = fit_multinomial(&sets, &flows).expect("good flows");
    assert_eq!(first, fit_multinomial(&sets, &flows).expect("good flows"));
}
