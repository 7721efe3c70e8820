//! Models against published tables and against high-precision recomputations of them (CDNOW; Fader, Hardie & Lee 2005).

use chalandise_analytics::forecast::tracking::{expected_cumulative, observed_cumulative};
use chalandise_analytics::forecast::{Bin, by_frequency};
use chalandise_analytics::purchase::PurchaseModel;
use chalandise_analytics::purchase::bg_bb::{BgBb, Opportunities};
use chalandise_analytics::purchase::bg_nbd::BgNbd;
use chalandise_analytics::purchase::fittable::Fittable;
use chalandise_analytics::purchase::gamma_gamma::GammaGamma;
use chalandise_analytics::purchase::mbg_nbd::MbgNbd;
use chalandise_analytics::purchase::pareto_nbd::ParetoNbd;
use chalandise_analytics::purchase::rfm::History;

use crate::support::{self, close, customers, purchases, rows, scaled, spend};

/// The default start, and three that lead other programs astray.
const STARTS: [Option<[f64; 4]>; 4] = [
    None,
    Some([0.01, 100.0, 5.0, 0.1]),
    Some([10.0, 0.1, 0.1, 10.0]),
    Some([1.0, 1.0, 1.0, 1.0]),
];

fn same_parameters(found: &[f64], expected: &[f64]) {
    for (found, expected) in found.iter().zip(expected) {
        close(*found, *expected, 1e-9);
    }
}

/// The digits given of standard errors.
fn same_errors(found: Option<&Vec<f64>>, expected: &[f64]) {
    let found = found.expect("a curved likelihood");
    for (found, expected) in found.iter().zip(expected) {
        assert!((found - expected).abs() <= 0.6e-6, "{found} is not {expected}");
    }
}

#[test]
fn the_sample_is_the_papers() {
    let customers = customers();
    let x: u32 = customers.iter().map(|customer| customer.history.x).sum();
    assert_eq!((customers.len(), x), (2357, 2457));
    assert_eq!(
        customers.iter().filter(|customer| customer.history.x == 0).count(),
        1411
    );
    assert_eq!(
        customers
            .iter()
            .map(|customer| customer.later_days.len())
            .sum::<usize>(),
        1882
    );
    assert_eq!(customers.iter().map(|customer| customer.history.x).max(), Some(29));
}

#[test]
fn bg_nbd_from_every_start() {
    let rows = rows(&customers(), 7.0);
    let expected = [
        0.2425945224301571,
        4.413602019013504,
        0.7929220172255976,
        2.425906776826332,
    ];
    for start in STARTS {
        let fit = BgNbd::fit_from(&rows, start).expect("good rows");
        assert!(fit.converged());
        assert_eq!((fit.customers as usize, fit.distinct_rows), (2357, 1016));
        same_parameters(&fit.parameters, &expected);
        assert!((fit.log_likelihood - -9582.4292066739).abs() < 1e-6);
        same_errors(fit.standard_errors.as_ref(), &[0.012557, 0.378224, 0.185734, 0.705414]);
    }
}

#[test]
fn mbg_nbd_from_every_start() {
    let rows = rows(&customers(), 7.0);
    let expected = [
        0.5248431591062976,
        6.183085279576005,
        0.8913593907322158,
        1.614002240170344,
    ];
    for start in STARTS {
        let fit = MbgNbd::fit_from(&rows, start).expect("good rows");
        assert!(fit.converged());
        same_parameters(&fit.parameters, &expected);
        assert!((fit.log_likelihood - -9582.1357155537).abs() < 1e-6);
        same_errors(fit.standard_errors.as_ref(), &[0.083268, 0.695621, 0.154790, 0.537495]);
    }
}

#[test]
fn pareto_nbd_from_every_start() {
    let rows = rows(&customers(), 7.0);
    let expected = [
        0.5532770468531796,
        10.57768346330231,
        0.6062399891278263,
        11.66873528885501,
    ];
    for start in STARTS {
        let fit = ParetoNbd::fit_from(&rows, start).expect("good rows");
        assert!(fit.converged());
        same_parameters(&fit.parameters, &expected);
        assert!((fit.log_likelihood - -9594.9761789395).abs() < 1e-6);
        same_errors(fit.standard_errors.as_ref(), &[0.047628, 0.842723, 0.187281, 6.211114]);
    }
}

/// The donors of Fader, Hardie & Shang (2010): x, t_x and how many of the 11,104; six years each.
const DONORS: &str = "0,0:3464 1,1:1091 1,2:277 1,3:129 1,4:78 1,5:119 1,6:129 2,2:613 2,3:255 2,4:155 2,5:173 2,6:234 \
                      3,3:322 3,4:181 3,5:225 3,6:357 4,4:240 4,5:284 4,6:512 5,5:335 5,6:728 6,6:1203";

#[test]
fn bg_bb_from_every_start() {
    let number = |text: &str| text.parse().expect("a number");
    let rows: Vec<Opportunities> = DONORS
        .split_whitespace()
        .map(|donors| {
            let (history, count) = donors.split_once(':').expect("history and count");
            let (x, t_x) = history.split_once(',').expect("x and t_x");
            Opportunities {
                x: number(x),
                t_x: number(t_x),
                n: 6,
                weight: count.parse().expect("a count"),
            }
        })
        .collect();
    let expected = [
        1.203522351601914,
        0.7497163581729389,
        0.6567182084418324,
        2.783442232577381,
    ];
    for start in STARTS {
        let fit = BgBb::fit(&rows, start).expect("good rows");
        assert!(fit.converged());
        assert_eq!((fit.customers as usize, fit.distinct_rows), (11_104, 22));
        same_parameters(&fit.parameters, &expected);
        assert!((fit.log_likelihood - -33225.581274347).abs() < 1e-6);
    }
}

#[test]
fn gamma_gamma_from_every_start() {
    let spend = spend(&customers());
    assert_eq!(spend.len(), 946);
    let expected = [6.249572271323756, 3.744224667132025, 15.44352096258924];
    for start in STARTS {
        let start = start.map(|start| [start[0], start[1], start[2]]);
        let fit = GammaGamma::fit(&spend, start).expect("good rows");
        assert!(fit.converged());
        same_parameters(&fit.parameters, &expected);
        assert!((fit.log_likelihood - -4055.9176948019).abs() < 1e-6);
        same_errors(fit.standard_errors.as_ref(), &[1.190055, 0.290133, 4.159423]);
    }
}

#[test]
fn days_and_weeks_make_no_difference() {
    let customers = customers();
    let weeks = BgNbd::fit(&rows(&customers, 7.0)).expect("good rows");
    let days = BgNbd::fit(&rows(&customers, 1.0)).expect("good rows");
    same_parameters(
        &[
            days.parameters[0],
            days.parameters[1] / 7.0,
            days.parameters[2],
            days.parameters[3],
        ],
        &weeks.parameters,
    );
    // The likelihood is a density per unit of time for each of the 2,457 repeat purchases.
    close(days.log_likelihood + 2457.0 * 7.0_f64.ln(), weeks.log_likelihood, 1e-12);
    for customer in customers.iter().step_by(97) {
        let in_weeks = weeks.model.expected(&scaled(&customer.history, 7.0), 39.0);
        close(days.model.expected(&customer.history, 273.0), in_weeks, 1e-9);
    }
}

struct Expected {
    history: History,
    mean_value: f64,
    p_alive: f64,
    expected: f64,
    at_least: [f64; 3],
    clv: f64,
    dert: f64,
}

fn check_customer(model: &impl PurchaseModel, customer: &Expected) {
    let spend = GammaGamma {
        p: 6.249572271323756,
        q: 3.744224667132025,
        gamma: 15.44352096258924,
    };
    let history = scaled(&customer.history, 7.0);
    close(model.p_alive(&history), customer.p_alive, 1e-9);
    close(model.expected(&history, 39.0), customer.expected, 1e-9);
    let mut at_least = [0.0; 3];
    model.at_least(&history, 39.0, &mut at_least);
    for (found, expected) in at_least.iter().zip(&customer.at_least) {
        close(*found, *expected, 1e-9);
    }
    let value = spend.expected_value(history.x, customer.mean_value).expect("a mean");
    close(model.discounted(&history, 12, 4.345, 0.01) * value, customer.clv, 1e-9);
    close(model.dert(&history, 1.15_f64.ln() / 52.0), customer.dert, 1e-9);
}

#[test]
fn bg_nbd_tells_of_single_customers() {
    let model = BgNbd::new(
        0.2425945224301571,
        4.413602019013504,
        0.7929220172255976,
        2.425906776826332,
    );
    check_customer(
        &model,
        &Expected {
            history: History {
                x: 2,
                t_x: 213.0,
                t: 272.0,
            },
            mean_value: 22.345,
            p_alive: 0.7266203116624,
            expected: 1.225994455287,
            at_least: [0.55462795017, 0.31529758631, 0.17111509284],
            clv: 36.27397810635,
            dert: 5.169807374914,
        },
    );
    check_customer(
        &model,
        &Expected {
            history: History {
                x: 29,
                t_x: 264.0,
                t: 266.0,
            },
            mean_value: 26.261379310344832,
            p_alive: 0.969221268622,
            expected: 20.05524926553,
            at_least: [0.96922126355, 0.94536815837, 0.92280205561],
            clv: 625.4292274165,
            dert: 72.17489635213,
        },
    );
}

#[test]
fn pareto_nbd_tells_of_single_customers() {
    let model = ParetoNbd {
        r: 0.5532770468531796,
        alpha: 10.57768346330231,
        s: 0.6062399891278263,
        beta: 11.66873528885501,
    };
    check_customer(
        &model,
        &Expected {
            history: History {
                x: 26,
                t_x: 216.0,
                t: 217.0,
            },
            mean_value: 39.97,
            p_alive: 0.997873404715,
            expected: 20.11482087899,
            at_least: [0.97613722383, 0.95561278025, 0.93619309643],
            clv: 958.9571778711,
            dert: 86.25762364244,
        },
    );
}

#[test]
fn pareto_nbd_expects_the_holdout() {
    let customers = customers();
    let model = ParetoNbd::fit(&rows(&customers, 7.0)).expect("good rows").model;
    let (mut total, mut absolute) = (0.0, 0.0);
    for customer in &customers {
        let expected = model.expected(&scaled(&customer.history, 7.0), 39.0);
        total += expected;
        absolute += (expected - customer.later_days.len() as f64).abs();
    }
    assert!((total - 1665.51).abs() < 0.005, "{total}");
    assert!((absolute / 2357.0 - 0.75452).abs() < 0.000_005, "{}", absolute / 2357.0);
}

#[test]
fn bg_nbd_expects_christmas_and_the_holdout() {
    let customers = customers();
    let model = BgNbd::fit(&rows(&customers, 7.0)).expect("good rows").model;
    let mut sums = [0.0; 3];
    let (mut total, mut absolute) = (0.0, 0.0);
    for customer in &customers {
        let history = scaled(&customer.history, 7.0);
        let mut at_least = [0.0; 3];
        model.at_least(&history, 86.0 / 7.0, &mut at_least);
        for (sum, chance) in sums.iter_mut().zip(at_least) {
            *sum += chance;
        }
        let expected = model.expected(&history, 39.0);
        total += expected;
        absolute += (expected - customer.later_days.len() as f64).abs();
    }
    for (found, expected) in sums.iter().zip([350.44, 124.88, 56.15]) {
        assert!((found - expected).abs() < 0.005, "{found} is not {expected}");
    }
    let really = |n: usize| {
        let ordered = |customer: &&support::Customer| customer.later_days.iter().filter(|day| **day <= 86).count() >= n;
        customers.iter().filter(ordered).count()
    };
    assert_eq!([really(1), really(2), really(3)], [391, 152, 71]);
    assert!((total - 1653.41).abs() < 0.005, "{total}");
    assert!((absolute / 2357.0 - 0.78545).abs() < 0.000_005, "{}", absolute / 2357.0);
}

/// All repeat purchases until the ends of calibration and holdout: both models lie a little above the first and below the second.
#[test]
fn models_track_the_repeat_purchases() {
    let (customers, end) = purchases();
    let (mut births, mut repeats) = (Vec::new(), Vec::new());
    for customer in &customers {
        let mut days = customer.days.keys().map(|day| *day as f64);
        births.extend(days.next().map(|first| (first, 1.0)));
        repeats.extend(days.map(|day| (day, 1.0)));
    }
    let ends = [end as f64, end as f64 + 273.0];
    let observed = observed_cumulative(&repeats, &ends);
    assert_eq!(observed, [2457.0, 2457.0 + 1882.0]);
    let rows = rows(&support::customers(), 1.0);
    let bg = BgNbd::fit(&rows).expect("good rows").model;
    let pareto = ParetoNbd::fit(&rows).expect("good rows").model;
    for (expected, ratios) in [
        (expected_cumulative(&bg, &births, &ends), [1.0150, 0.9589]),
        (expected_cumulative(&pareto, &births, &ends), [1.0276, 0.9841]),
    ] {
        for ((expected, observed), ratio) in expected.iter().zip(&observed).zip(ratios) {
            assert!(
                (expected / observed - ratio).abs() < 0.000_1,
                "{expected} of {observed}"
            );
        }
    }
}

/// The holdout by how often customers bought in the calibration: all of them are in the bins, and all their purchases.
#[test]
fn bins_hold_the_holdout() {
    let customers = customers();
    let model = BgNbd::fit(&rows(&customers, 1.0)).expect("good rows").model;
    let frequency: Vec<u32> = customers.iter().map(|customer| customer.history.x).collect();
    let expected: Vec<f64> = customers
        .iter()
        .map(|customer| model.expected(&customer.history, 273.0))
        .collect();
    let observed: Vec<f64> = customers
        .iter()
        .map(|customer| customer.later_days.len() as f64)
        .collect();
    let bins = by_frequency(&frequency, &expected, &observed, 7);
    assert_eq!(
        bins.iter().map(|bin| bin.frequency).collect::<Vec<_>>(),
        [0, 1, 2, 3, 4, 5, 6, 7]
    );
    assert_eq!(
        (bins[0].customers, bins.iter().map(|bin| bin.customers).sum::<usize>()),
        (1411, 2357)
    );
    let total = |mean: fn(&Bin) -> f64| bins.iter().map(|bin| bin.customers as f64 * mean(bin)).sum::<f64>();
    assert!((total(|bin| bin.observed_mean) - 1882.0).abs() < 1e-9);
    assert!((total(|bin| bin.expected_mean) - 1653.41).abs() < 0.005);
    // Who bought more buys more, and the model knows it.
    for pair in bins.windows(2) {
        assert!(pair[1].expected_mean > pair[0].expected_mean, "{pair:?}");
    }
}
