//! Huff and MCI models against published data and numbers (`tests/fixtures/huff`).

use std::collections::HashMap;
use std::path::Path;

use chalandise_analytics::network::huff::{
    Calibration, ChoiceSets, Decay, Huff, fit_mci, fit_multinomial, fit_totals, great_circle_km,
};

use crate::support::close;

/// A file of the fixture, each row by the names of its columns.
fn rows(file: &str) -> Vec<HashMap<String, String>> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/fixtures/huff");
    let text = std::fs::read_to_string(folder.join(file)).expect("a file of the repository");
    let mut lines = text.lines();
    let header: Vec<&str> = lines.next().expect("a header").split(',').collect();
    let row = |line: &str| {
        let names = header.iter().map(|name| (*name).to_owned());
        names.zip(line.split(',').map(str::to_owned)).collect()
    };
    lines.map(row).collect()
}

fn number(row: &HashMap<String, String>, column: &str) -> f64 {
    row[column].parse().expect("a number")
}

/// Wieland's 19 areas and 5 stores with VF, distance, K and K_KKr, and a column of the file.
fn wieland(decay: Decay, column: &str) -> (ChoiceSets, Vec<f64>) {
    let rows = rows("wieland2015_interactionmatrix.csv");
    let stores = ["E01", "E02", "E03", "E04", "E07"];
    let store = |row: &HashMap<String, String>| {
        let place = stores.iter().position(|store| *store == row["Zielort"]);
        place.expect("a store") as u32
    };
    let covariates = rows.iter().flat_map(|row| {
        let [area, k, kkr] = ["VF", "K", "K_KKr"].map(|column| number(row, column).ln());
        [area, decay.transform(number(row, "Dist_Min2")), k, kkr]
    });
    let starts = (0..=19).map(|origin| origin * 5).collect();
    let sets = ChoiceSets::new(starts, rows.iter().map(store).collect(), 5, 4, covariates.collect());
    let values = rows.iter().map(|row| number(row, column)).collect();
    (sets.expect("good rows"), values)
}

#[test]
fn wieland_by_least_squares() {
    let published = [
        0.951_332_375_921_958_3,
        -1.632_425_397_993_971_8,
        0.335_684_243_919_25,
        0.101_243_145_391_620_69,
    ];
    // Shares that do not add up to 1, and flows: only proportions count.
    for column in ["MA_Anb1", "Anb_Eink1"] {
        let (sets, values) = wieland(Decay::Power, column);
        let fit = fit_mci(&sets, &values).expect("positive shares");
        assert!(fit.converged());
        for (found, expected) in fit.coefficients.iter().zip(published) {
            close(*found, expected, 1e-12);
        }
        close(fit.r2.expect("shares vary"), 0.769_693_141_045_451_5, 1e-13);
        assert_eq!(fit.degrees_of_freedom, Some(95 - 19 - 4));
        // numpy's least squares: RSS 29.26987462722368.
        close(fit.log_likelihood.expect("not exact"), -78.876_552_128_712_86, 1e-12);
        close(fit.aic.expect("not exact"), 2.0 * (5.0 + 78.876_552_128_712_86), 1e-12);
        let errors = fit.standard_errors().expect("72 degrees of freedom");
        for (found, expected) in errors
            .iter()
            .zip([0.078_194_99, 0.164_816_97, 0.072_690_44, 0.029_547_37])
        {
            close(*found, expected, 1e-6);
        }
    }
}

#[test]
fn wieland_by_multinomial_likelihood() {
    let (sets, flows) = wieland(Decay::Power, "Anb_Eink1");
    let fit = fit_multinomial(&sets, &flows).expect("good flows");
    assert!(fit.converged());
    let published = [
        1.181_478_476_405,
        -1.679_415_694_943,
        0.465_880_869_896,
        0.132_665_270_936,
    ];
    for (found, expected) in fit.coefficients.iter().zip(published) {
        assert!((found - expected).abs() < 1e-12, "{found} is not {expected}");
    }
    let errors = fit.standard_errors().expect("a curved likelihood");
    for (found, expected) in errors
        .iter()
        .zip([0.086_821_61, 0.093_923_98, 0.039_366_03, 0.019_706_89])
    {
        assert!((found - expected).abs() < 5.1e-9, "{found} is not {expected}");
    }
    let likelihood = fit.log_likelihood.expect("finite");
    assert!((likelihood + 1_106.152_308).abs() < 5.1e-7, "{likelihood}");
    close(fit.aic.expect("finite"), 2.0 * (4.0 - likelihood), 1e-15);
    close(fit.r2.expect("flows vary"), 0.818_029_646_277_914_6, 1e-10);
    assert!(fit.iterations <= 12, "{}", fit.iterations);
}

#[test]
fn the_square_root_decays_best() {
    let likelihood = |decay| {
        let (sets, flows) = wieland(decay, "Anb_Eink1");
        let fit = fit_multinomial(&sets, &flows).expect("good flows");
        assert!(fit.converged(), "{decay}");
        -fit.log_likelihood.expect("finite")
    };
    let found = Decay::ALL.map(likelihood);
    // The others by an independent Newton search in numpy.
    let expected = [1_106.152_308_2, 1_102.592_684_4, 1_096.371_074_3, 1_147.491_149_3];
    for (found, expected) in found.iter().zip(expected) {
        assert!((found - expected).abs() < 1e-6, "{found} is not {expected}");
    }
    let best = found.iter().copied().fold(f64::INFINITY, f64::min);
    assert_eq!(
        Decay::ALL[found.iter().position(|it| *it == best).expect("one")],
        Decay::SqrtExponential
    );
    assert!((best - 1_096.371).abs() < 5e-4);
}

/// Totals of 5 stores cannot tell 4 coefficients and have an error; two they can.
#[test]
fn wieland_by_totals() {
    let (all, flows) = wieland(Decay::Power, "Anb_Eink1");
    let markets: Vec<f64> = (0..19).map(|origin| flows[all.rows(origin)].iter().sum()).collect();
    let mut totals = vec![0.0; 5];
    (0..95).for_each(|row| totals[all.destination(row)] += flows[row]);
    let two = (0..95).flat_map(|row| [all.covariates(row)[0], all.covariates(row)[1]]);
    let stores = (0..95).map(|row| all.destination(row) as u32).collect();
    let starts = (0..=19).map(|origin| origin * 5).collect();
    let sets = ChoiceSets::new(starts, stores, 5, 2, two.collect()).expect("good rows");
    let fit = fit_totals(&sets, &markets, &totals, Some(&[1.0, -1.0])).expect("good totals");
    assert!(fit.converged(), "{:?}", fit.ending);
    assert_eq!(fit.degrees_of_freedom, Some(2));
    // At the maximum the gradient of the quasi-likelihood is 0, as differences of it tell.
    let value = |at: &[f64]| {
        let shares = sets.shares(at).expect("two coefficients");
        let mut mu = [0.0; 5];
        (0..95).for_each(|row| mu[sets.destination(row)] += markets[row / 5] * shares[row]);
        totals
            .iter()
            .zip(mu)
            .map(|(total, mu)| total * mu.ln() - mu)
            .sum::<f64>()
    };
    let best = value(&fit.coefficients);
    close(fit.log_likelihood.expect("finite"), best, 1e-12);
    for covariate in 0..2 {
        for step in [-1e-3, 1e-3, -0.3, 0.3, -3.0, 3.0] {
            let mut near = fit.coefficients.clone();
            near[covariate] += step;
            assert!(value(&near) < best, "better at {near:?}");
        }
    }
    let fit = fit_totals(&all, &markets, &totals, None).expect("good totals");
    assert_eq!((fit.degrees_of_freedom, fit.standard_errors()), (Some(0), None));
}

/// The Haslach areas, stores and distances; the last store is the new one.
struct Haslach {
    markets: Vec<f64>,
    areas: Vec<f64>,
    given: Vec<f64>,
    straight: Vec<f64>,
    published: [Vec<f64>; 2],
}

fn haslach() -> Haslach {
    let origins = rows("haslach_origins.csv");
    let mut stores = rows("haslach_stores.csv");
    stores.extend(rows("haslach_new_store.csv"));
    let place = |row: &HashMap<String, String>| (number(row, "lat"), number(row, "lon"));
    let straight = origins.iter().flat_map(|origin| {
        let to = move |store| great_circle_km(place(origin), place(store), 6_378.0);
        stores.iter().map(to)
    });
    let totals = |file| rows(file).iter().map(|row| number(row, "T_j")).collect();
    Haslach {
        markets: origins.iter().map(|row| number(row, "pop")).collect(),
        areas: stores.iter().map(|row| number(row, "VKF_qm")).collect(),
        given: rows("haslach_distances.csv")
            .iter()
            .map(|row| number(row, "distance"))
            .collect(),
        straight: straight.collect(),
        published: ["haslach_marketareas_expected.csv", "haslach_opening_expected.csv"].map(totals),
    }
}

#[test]
fn haslach_before_and_after_the_opening() {
    let haslach = haslach();
    let huff = Huff::new(vec![0.9], Decay::Power, -2.2, None).expect("good numbers");
    for (distances, within) in [(&haslach.given, 1e-12), (&haslach.straight, 2e-7)] {
        for (published, stores) in haslach.published.iter().zip([8, 9]) {
            let distances: Vec<f64> = distances.chunks(9).flat_map(|row| &row[..stores]).copied().collect();
            let flows = huff.flows(&haslach.markets, stores, &haslach.areas[..stores], &distances);
            let totals = flows.expect("good numbers").totals();
            assert_eq!(totals.len(), published.len());
            for (found, expected) in totals.iter().zip(published) {
                close(*found, *expected, within);
            }
        }
    }
    let flows = haslach
        .given
        .chunks(9)
        .flat_map(|row| &row[..8])
        .copied()
        .collect::<Vec<f64>>();
    let flows = huff
        .flows(&haslach.markets, 8, &haslach.areas[..8], &flows)
        .expect("good numbers");
    for (found, row) in flows.flows.iter().zip(rows("haslach_interaction_expected.csv")) {
        close(*found, number(&row, "E_ij"), 1e-12);
    }
}

/// What the model expects is what it finds: flows of Haslach give their exponents back by every method.
#[test]
fn flows_of_a_model_give_its_coefficients() {
    let haslach = haslach();
    let huff = Huff::new(vec![0.9], Decay::Power, -2.2, None).expect("good numbers");
    let flows = huff
        .flows(&haslach.markets, 9, &haslach.areas, &haslach.given)
        .expect("good numbers");
    let covariates = (0..36).flat_map(|row| [haslach.areas[row % 9].ln(), haslach.given[row].ln()]);
    let starts = (0..=4).map(|origin| origin * 9).collect();
    let stores = (0..36).map(|row| row % 9).collect();
    let sets = ChoiceSets::new(starts, stores, 9, 2, covariates.collect()).expect("good rows");
    let fits: [Calibration; 3] = [
        fit_multinomial(&sets, &flows.flows).expect("good flows"),
        fit_mci(&sets, &flows.flows).expect("good flows"),
        fit_totals(&sets, &haslach.markets, &flows.totals(), None).expect("good totals"),
    ];
    for fit in fits {
        assert!(fit.converged(), "{:?}", fit.ending);
        close(fit.coefficients[0], 0.9, 1e-9);
        close(fit.coefficients[1], -2.2, 1e-9);
        close(fit.r2.expect("flows vary"), 1.0, 1e-12);
    }
}
