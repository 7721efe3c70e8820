//! Forecasts over wide ranges: finite, in their bounds, and in agreement with each other.

use chalandise_analytics::purchase::PurchaseModel;
use chalandise_analytics::purchase::bg_nbd::BgNbd;
use chalandise_analytics::purchase::gamma_gamma::{GammaGamma, Spend};
use chalandise_analytics::purchase::mbg_nbd::MbgNbd;
use chalandise_analytics::purchase::pareto_nbd::ParetoNbd;
use chalandise_analytics::purchase::rfm::History;
use proptest::prelude::*;

/// A positive number of any order of magnitude between these powers of ten.
fn magnitude(from: f64, to: f64) -> impl Strategy<Value = f64> {
    (from..to).prop_map(|power| 10.0_f64.powf(power))
}

fn histories() -> impl Strategy<Value = History> {
    (0_u32..600, magnitude(-1.0, 3.5), 0.0..1.0_f64).prop_map(|(x, t, share)| {
        // Mostly few purchases, sometimes hundreds.
        let x = if x < 500 { x / 100 } else { x };
        let t_x = if x == 0 { 0.0 } else { t * share.max(1e-6) };
        History { x, t_x, t }
    })
}

fn parameters() -> impl Strategy<Value = [f64; 5]> {
    let parameter = || magnitude(-2.5, 2.0);
    (
        parameter(),
        magnitude(-1.0, 3.0),
        parameter(),
        parameter(),
        magnitude(-1.0, 3.0),
    )
        .prop_map(|(r, alpha, a, b, beta)| [r, alpha, a, b, beta])
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, ..ProptestConfig::default() })]

    #[test]
    fn forecasts_are_finite_and_agree([r, alpha, a, b, beta] in parameters(), history in histories(), t in magnitude(-1.0, 3.0)) {
        for model in &all(r, alpha, a, b, beta) {
            let alive = model.p_alive(&history);
            prop_assert!((0.0..=1.0).contains(&alive), "{alive}");
            let expected = model.expected(&history, t);
            prop_assert!(expected.is_finite() && expected >= 0.0, "{expected}");
            let mut at_least = [0.0; 4];
            model.at_least(&history, t, &mut at_least);
            prop_assert!(at_least[0] <= alive * (1.0 + 1e-12) && at_least[0] <= expected * (1.0 + 1e-9) + 1e-300);
            prop_assert!(at_least.windows(2).all(|pair| pair[1] <= pair[0] * (1.0 + 1e-12)), "{at_least:?}");
            prop_assert!(model.expected(&history, 2.0 * t) >= expected * (1.0 - 1e-12));
            let discounted = model.discounted(&history, 6, t / 6.0, 0.01);
            prop_assert!(discounted <= expected * (1.0 + 1e-9) && discounted >= expected / 1.01_f64.powi(6) * (1.0 - 1e-9));
        }
    }

    #[test]
    fn the_chances_of_each_count_add_up_to_the_expectation([r, alpha, a, b, beta] in parameters(), history in histories(), t in magnitude(-1.0, 1.5)) {
        for model in &all(r, alpha, a, b, beta) {
            let expected = model.expected(&history, t);
            prop_assume!(expected < 200.0);
            let mut at_least = vec![0.0; 6_000];
            model.at_least(&history, t, &mut at_least);
            prop_assume!(at_least[5_999] < 1e-18);
            let sum: f64 = at_least.iter().rev().sum();
            prop_assert!((sum - expected).abs() <= 1e-10 * expected.max(1.0), "{sum} is not {expected}");
        }
    }
}

fn all(r: f64, alpha: f64, a: f64, b: f64, beta: f64) -> [Box<dyn PurchaseModel>; 3] {
    [
        Box::new(BgNbd::new(r, alpha, a, b)),
        Box::new(MbgNbd::new(r, alpha, a, b)),
        Box::new(ParetoNbd { r, alpha, s: a, beta }),
    ]
}

/// The cases that end in NaN or infinity elsewhere: a = 1, a + b <= 1 with x = 0, x in the hundreds, t much larger than alpha + T,
/// alpha = beta.
#[test]
fn what_breaks_others() {
    let new = History {
        x: 0,
        t_x: 0.0,
        t: 30.0,
    };
    let heavy = History {
        x: 700,
        t_x: 700.0,
        t: 730.0,
    };
    let cases = [
        (all(0.24, 4.4, 1.0, 2.4, 4.4), new, 39.0),
        (all(0.24, 4.4, 1.0, 2.4, 4.4), heavy, 39.0),
        (all(0.24, 4.4, 0.3, 0.5, 4.4), new, 39.0),
        (all(0.24, 4.4, 0.8, 2.4, 4.4), heavy, 365.0),
        (all(0.24, 4.4, 0.8, 2.4, 4.4), new, 1e6),
        (all(0.24, 4.4, 0.8, 2.4, 4.4), heavy, 1e5),
        (all(0.55, 11.0, 0.6, 11.0, 11.0), new, 39.0),
        (all(0.55, 11.0, 1.0, 11.0, 11.0), heavy, 39.0),
    ];
    for (models, history, t) in cases {
        for (number, model) in models.iter().enumerate() {
            let expected = model.expected(&history, t);
            assert!(expected.is_finite() && expected > 0.0, "model {number}: {expected}");
            // On both sides of the awkward point it is the same.
            let dert = model.dert(&history, 0.0027);
            assert!(dert.is_finite() && dert > 0.0, "model {number}: {dert}");
        }
    }
    for near in [1.0 - 1e-7, 1.0 + 1e-7] {
        for (here, there) in all(0.24, 4.4, near, 2.4, 4.4)
            .iter()
            .zip(&all(0.24, 4.4, 1.0, 2.4, 4.4))
        {
            let (here, there) = (here.expected(&new, 39.0), there.expected(&new, 39.0));
            assert!((here / there - 1.0).abs() < 1e-6, "{here} and {there}");
        }
    }
}

#[test]
fn a_spend_without_a_mean_says_so() {
    let model = GammaGamma {
        p: 2.0,
        q: 0.9,
        gamma: 10.0,
    };
    assert_eq!(model.mean(), None);
    assert_eq!(model.expected_value(0, 0.0), None);
    assert!(model.expected_value(1, 20.0).is_some_and(f64::is_finite));
    let negative = Spend {
        x: 1,
        mean_value: -3.0,
        weight: 1.0,
    };
    let error = GammaGamma::fit(&[negative], None).expect_err("no spend");
    assert_eq!(
        error.to_string(),
        "row 0: the mean value of a customer with repeats must be above 0"
    );
}
