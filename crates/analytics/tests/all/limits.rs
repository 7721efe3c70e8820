//! The limits of the purchase models: that they are limits, that their parameters come back, and that they are used where they should be.

use chalandise_analytics::forecast::repeat_order::{CalibratedScore, Features};
use chalandise_analytics::forecast::tracking::expected_cumulative;
use chalandise_analytics::numeric::quadrature::half_line;
use chalandise_analytics::purchase::PurchaseModel;
use chalandise_analytics::purchase::bg_nbd::BgNbd;
use chalandise_analytics::purchase::fit::Fit;
use chalandise_analytics::purchase::fittable::{Fittable, Group};
use chalandise_analytics::purchase::limit::{LimitKind, LimitModel, ModelOrLimit, best_limit, fit_or_limit};
use chalandise_analytics::purchase::mbg_nbd::MbgNbd;
use chalandise_analytics::purchase::pareto_nbd::ParetoNbd;
use chalandise_analytics::purchase::rfm::{History, Weighted, distinct};
use proptest::prelude::*;
use rand::{Rng, RngExt};
use rand_distr::{Distribution, Exp, Gamma};

use crate::support::{close, customers, rows, simulate};

fn limit(kind: LimitKind) -> LimitModel {
    kind.with(&truth(kind)).expect("good parameters")
}

/// Parameters that 3,000 customers observed for 80 tell well.
fn truth(kind: LimitKind) -> Vec<f64> {
    let value = |name: &&str| match *name {
        "r" => 0.9,
        "alpha" => 8.0,
        "lambda" => 0.11,
        "mu" => 0.02,
        "s" => 0.9,
        "beta" => 30.0,
        "a" => 0.8,
        "b" => 2.5,
        "p" => 0.15,
        _ => 0.3,
    };
    kind.names().iter().map(value).collect()
}

const HISTORIES: [History; 7] = [
    history(0, 0.0, 39.0),
    history(0, 0.0, 5.0),
    history(1, 2.0, 39.0),
    history(2, 38.0, 39.0),
    history(3, 20.0, 20.0),
    history(7, 20.0, 36.0),
    history(60, 30.0, 39.0),
];

const fn history(x: u32, t_x: f64, t: f64) -> History {
    History { x, t_x, t }
}

fn weighted(histories: impl IntoIterator<Item = History>) -> Vec<Weighted> {
    let rows = histories.into_iter().map(|history| Weighted { history, weight: 1.0 });
    rows.collect()
}

/// The likelihood and the forecasts of a model and of its limit. DERT follows from them: see `forecasts_agree_with_each_other`.
fn same<M: Fittable>(model: [f64; 4], limit: &LimitModel, within: f64) {
    let name = limit.kind().name();
    let rows = distinct(weighted(HISTORIES));
    let near = |found: f64, expected: f64, what: &str| {
        let distance = (found - expected).abs() / expected.abs().max(1e-6);
        assert!(
            distance <= within,
            "{} and {name}, {what}: {found} and {expected}",
            M::NAME
        );
    };
    near(
        limit.log_likelihood(&rows),
        M::log_likelihood(&rows, &model).value,
        "likelihood",
    );
    let model = M::with(model);
    near(limit.expected_of_new(50.0), model.expected_of_new(50.0), "new");
    for history in &HISTORIES {
        near(limit.p_alive(history), model.p_alive(history), "alive");
        near(limit.expected(history, 26.0), model.expected(history, 26.0), "expected");
        let discounted = |model: &dyn PurchaseModel| model.discounted(history, 12, 4.3, 0.01);
        near(discounted(limit), discounted(&model), "discounted");
        let (mut found, mut expected) = ([0.0; 4], [0.0; 4]);
        limit.at_least(history, 26.0, &mut found);
        model.at_least(history, 26.0, &mut expected);
        for (found, expected) in found.iter().zip(expected) {
            near(*found, expected, "at least");
        }
    }
}

/// What stands where a parameter is large or small.
const LARGE: f64 = 1e8;
const SMALL: f64 = 1e-12;

#[test]
fn models_become_their_limits() {
    let (r, alpha, lambda, mu, p, share) = (0.9, 8.0, 0.11, 0.02, 0.15, 0.3);
    let (s, beta, a, b) = (0.9, 30.0, 0.8, 2.5);
    // One rate instead of gamma distributed ones.
    let one = |leaving: [f64; 2]| [LARGE, LARGE / lambda, leaving[0], leaving[1]];
    let gamma = |leaving: [f64; 2]| [r, alpha, leaving[0], leaving[1]];
    let within = 5e-5;
    for (gammas, ones, leaving) in [
        (LimitKind::Nbd, LimitKind::Poisson, [SMALL, beta]),
        (LimitKind::Nbd, LimitKind::Poisson, [s, LARGE * LARGE]),
        (
            LimitKind::ExponentialNbd,
            LimitKind::ExponentialPoisson,
            [LARGE, LARGE / mu],
        ),
    ] {
        same::<ParetoNbd>(gamma(leaving), &limit(gammas), within);
        same::<ParetoNbd>(one(leaving), &limit(ones), within);
    }
    same::<ParetoNbd>(one([s, beta]), &limit(LimitKind::ParetoPoisson), within);
    // Slowly: (beta / (beta + t))^s is the share of those who stay only when beta is beyond all times.
    let slow = 0.02;
    let model = ParetoNbd::with([r, alpha, slow, f64::exp(f64::ln(1.0 - share) / slow)]);
    let zeros = limit(LimitKind::ZeroInflatedNbd);
    close(zeros.expected_of_new(50.0), model.expected_of_new(50.0), 0.15);
    for history in &HISTORIES[..2] {
        close(zeros.p_alive(history), model.p_alive(history), 0.15);
        close(zeros.expected(history, 26.0), model.expected(history, 26.0), 0.15);
    }

    let all = [LARGE * p, LARGE * (1.0 - p)];
    // Smaller ones lose their digits in b + k - 1.
    let movers = [1e-11 * share, 1e-11 * (1.0 - share)];
    for (gammas, ones, leaving) in [
        (LimitKind::Nbd, LimitKind::Poisson, [SMALL, b]),
        (LimitKind::GeometricNbd, LimitKind::GeometricPoisson, all),
        (LimitKind::MoverStayerNbd, LimitKind::MoverStayerPoisson, movers),
    ] {
        same::<BgNbd>(gamma(leaving), &limit(gammas), within);
        same::<BgNbd>(one(leaving), &limit(ones), within);
    }
    same::<BgNbd>(one([a, b]), &limit(LimitKind::BgPoisson), within);
    for (gammas, ones, leaving) in [
        (LimitKind::Nbd, LimitKind::Poisson, [SMALL, b]),
        (
            LimitKind::ModifiedGeometricNbd,
            LimitKind::ModifiedGeometricPoisson,
            all,
        ),
        (LimitKind::ZeroInflatedNbd, LimitKind::ZeroInflatedPoisson, movers),
    ] {
        same::<MbgNbd>(gamma(leaving), &limit(gammas), within);
        same::<MbgNbd>(one(leaving), &limit(ones), within);
    }
    same::<MbgNbd>(one([a, b]), &limit(LimitKind::MbgPoisson), within);
}

#[test]
fn names_find_their_kinds() {
    for kind in LimitKind::ALL {
        assert_eq!(LimitKind::named(kind.name()), Some(kind));
        assert_eq!(limit(kind).parameters(), truth(kind));
        assert_eq!(kind.with(&[1.0; 4]), None);
        assert_eq!(kind.with(&vec![0.0; kind.names().len()]), None);
        assert!(
            kind.effects()
                .iter()
                .all(|effect| effect.parameter < kind.names().len())
        );
    }
    assert_eq!(LimitKind::named("pareto-nbd"), None);
    assert_eq!(LimitKind::GeometricNbd.with(&[1.0, 10.0, 1.5]), None);
    for kinds in [
        LimitKind::OF_PARETO,
        LimitKind::OF_BETA_GEOMETRIC,
        LimitKind::OF_MODIFIED_BETA_GEOMETRIC,
    ] {
        assert!(kinds.is_sorted_by_key(|kind| kind.names().len()));
    }
}

/// Identities that hold whatever the parameters.
#[test]
fn forecasts_agree_with_each_other() {
    for kind in LimitKind::ALL {
        let model = limit(kind);
        for history in &HISTORIES {
            let alive = model.p_alive(history);
            assert!((0.0..=1.0).contains(&alive));
            for t in [0.3, 26.0, 400.0] {
                let expected = model.expected(history, t);
                let mut at_least = vec![0.0; 6_000];
                model.at_least(history, t, &mut at_least);
                let sum: f64 = at_least.iter().rev().sum();
                assert!(
                    (sum - expected).abs() <= 1e-10 * expected.max(1.0),
                    "{}: {sum} is not {expected}",
                    kind.name()
                );
                let mut exactly = [0.0; 300];
                model.exactly(history, t, &mut exactly);
                let by_chance: f64 = exactly
                    .iter()
                    .zip(0_u32..)
                    .map(|(chance, n)| f64::from(n) * chance)
                    .sum();
                if t < 100.0 {
                    assert!(
                        (by_chance - expected).abs() <= 1e-8 * expected,
                        "{}: {by_chance}",
                        kind.name()
                    );
                }
                let one_period = model.discounted(history, 1, t, 0.1);
                close(one_period, expected / 1.1, 1e-12);
            }
            // By parts: the integral of e^(-delta t) dE is delta times that of e^(-delta t) E.
            let delta = 0.02;
            let by_hand = delta * half_line(|t| (-delta * t).exp() * model.expected(history, t));
            close(model.dert(history, delta), by_hand, 1e-8);
        }
        // Too many purchases for sums.
        let many = model.expected(&HISTORIES[3], 1e6);
        assert!(
            many.is_finite() && many > model.expected(&HISTORIES[3], 1e3),
            "{}",
            kind.name()
        );
    }
    let stays = limit(LimitKind::Nbd);
    assert!(HISTORIES.iter().all(|history| stays.p_alive(history) == 1.0));
}

/// A customer of a limit's story.
fn customer(kind: LimitKind, t: f64, rng: &mut impl Rng) -> History {
    let names = kind.names().iter().copied();
    let parameters: Vec<(&str, f64)> = names.zip(truth(kind)).collect();
    let of = |name: &str| {
        parameters
            .iter()
            .find(|(known, _)| *known == name)
            .map(|(_, value)| *value)
    };
    let gamma = |shape: f64, rate: f64| Gamma::new(shape, 1.0 / rate).expect("positive");
    let rate = match of("lambda") {
        Some(rate) => rate,
        None => gamma(of("r").expect("r"), of("alpha").expect("alpha")).sample(rng),
    };
    let lives = match (of("mu"), of("s").zip(of("beta"))) {
        (Some(mu), _) => Some(mu),
        (None, Some((s, beta))) => Some(gamma(s, beta).sample(rng)),
        _ => None,
    };
    let lives = lives.map_or(f64::INFINITY, |rate| Exp::new(rate).expect("a rate").sample(rng));
    let is_mover = rng.random::<f64>() < of("share").unwrap_or(0.0);
    let chance = match (of("p"), of("a").zip(of("b"))) {
        (Some(p), _) => p,
        (None, Some((a, b))) => rand_distr::Beta::new(a, b).expect("positive").sample(rng),
        _ => f64::from(u8::from(is_mover)),
    };
    let mut history = history(0, 0.0, t);
    let from_the_first = ["modified", "zero", "mbg"].iter().any(|it| kind.name().starts_with(it));
    if from_the_first && rng.random::<f64>() < chance {
        return history;
    }
    let wait = Exp::new(rate).expect("a rate");
    let mut now = wait.sample(rng);
    while now <= t.min(lives) {
        history.x += 1;
        history.t_x = now;
        if rng.random::<f64>() < chance {
            break;
        }
        now += wait.sample(rng);
    }
    history
}

/// Customers who came within the first third of 80.
fn simulated(kind: LimitKind, count: usize, seed: u64) -> Vec<Weighted> {
    let mut rng = simulate::seeded(seed);
    let one = |_| {
        let t = 80.0 * (1.0 - rng.random::<f64>() / 3.0);
        customer(kind, t, &mut rng)
    };
    weighted((0..count).map(one).collect::<Vec<_>>())
}

#[test]
fn parameters_come_back() {
    const SEEDS: u64 = 40;
    for kind in LimitKind::ALL {
        let truth = truth(kind);
        let mut held = vec![0; truth.len()];
        for seed in 0..SEEDS {
            let fit = kind.fit(&simulated(kind, 1_500, seed)).expect("good rows");
            assert!(fit.converged(), "{}, seed {seed}: {:?}", kind.name(), fit.status);
            let covariance = fit.log_covariance.expect("a curved likelihood");
            let errors = fit.standard_errors.expect("a curved likelihood");
            for (index, (found, truth)) in fit.parameters.iter().zip(&truth).enumerate() {
                let error = covariance.get(index, index).sqrt();
                close(errors[index], found * error, 1e-12);
                held[index] += u64::from((found / truth).ln().abs() <= 1.959_964 * error);
            }
        }
        println!("{}: {held:?} of {SEEDS}", kind.name());
        // Of 40 intervals that hold in 95 %, 34 or more do with a chance of 0.986.
        assert!(
            held.iter().all(|held| *held >= 33),
            "{}: {held:?} of {SEEDS}",
            kind.name()
        );
    }
}

/// Fits on data of a limit: every one ends with a maximum, which is the likeliest there is; returns how often which was used.
fn used_on<M: Fittable>(kind: LimitKind, seeds: u64) -> Vec<&'static str> {
    let fits = (0..seeds).map(|seed| {
        let rows = simulated(kind, 600, seed);
        let (own, used) = (
            M::fit(&rows).expect("good rows"),
            fit_or_limit::<M>(&rows).expect("good rows"),
        );
        assert!(used.converged(), "{} on {}, seed {seed}", M::NAME, kind.name());
        assert!(used.standard_errors.is_some());
        if let Some(limit) = used.model.limit() {
            // As the model comes nearer, its likelihood rises towards the limit's and stays below.
            if let (LimitKind::ExponentialNbd, [r, alpha, mu]) = (limit, &used.parameters[..]) {
                let at = |s: f64| M::log_likelihood(&distinct(rows.clone()), &[*r, *alpha, s, s / mu]).value;
                let values = [at(30.0), at(300.0), at(3_000.0), used.log_likelihood];
                assert!(values.is_sorted(), "seed {seed}: {values:?}");
            }
        }
        if own.converged() && used.parameters == own.parameters {
            return M::NAME;
        }
        // Then something else led higher.
        let of_limit = kind.fit(&rows).expect("good rows").log_likelihood;
        assert!(
            used.log_likelihood >= of_limit - 1e-6,
            "{} on {}, seed {seed}",
            M::NAME,
            kind.name()
        );
        assert!(
            !own.converged() || used.log_likelihood > own.log_likelihood - 1e-6,
            "seed {seed}"
        );
        used.model.name()
    });
    fits.collect()
}

fn share_of(used: &[&str], name: &str) -> f64 {
    used.iter().filter(|it| **it == name).count() as f64 / used.len() as f64
}

/// At the edge of the parameters chance sends the maximum to either side, so that about half of the data have none inside.
#[test]
fn data_of_a_limit_are_recognised() {
    for (kind, used) in [
        (
            LimitKind::ExponentialNbd,
            used_on::<ParetoNbd>(LimitKind::ExponentialNbd, 16),
        ),
        (LimitKind::GeometricNbd, used_on::<BgNbd>(LimitKind::GeometricNbd, 16)),
        (
            LimitKind::ModifiedGeometricNbd,
            used_on::<MbgNbd>(LimitKind::ModifiedGeometricNbd, 30),
        ),
        (
            LimitKind::ParetoPoisson,
            used_on::<ParetoNbd>(LimitKind::ParetoPoisson, 30),
        ),
        (LimitKind::BgPoisson, used_on::<BgNbd>(LimitKind::BgPoisson, 16)),
        (LimitKind::MbgPoisson, used_on::<MbgNbd>(LimitKind::MbgPoisson, 16)),
    ] {
        let share = share_of(&used, kind.name());
        println!("{}: {share}", kind.name());
        assert!((0.2..=0.8).contains(&share), "{}: {used:?}", kind.name());
    }
    // Where two ends meet, chance has more sides to send it to.
    used_on::<ParetoNbd>(LimitKind::Nbd, 4);
    used_on::<ParetoNbd>(LimitKind::ExponentialPoisson, 4);
    let of_movers = used_on::<BgNbd>(LimitKind::MoverStayerNbd, 10);
    assert!(of_movers.contains(&"mover-stayer-nbd"), "{of_movers:?}");
    used_on::<BgNbd>(LimitKind::GeometricPoisson, 10);
    let of_zeros = used_on::<MbgNbd>(LimitKind::ZeroInflatedNbd, 10);
    assert!(of_zeros.contains(&"zero-inflated-nbd"), "{of_zeros:?}");
    let of_stayers = used_on::<MbgNbd>(LimitKind::Nbd, 10);
    assert!(of_stayers.contains(&"nbd"), "{of_stayers:?}");
    used_on::<MbgNbd>(LimitKind::Poisson, 10);
}

/// To the last bit what the model alone gives.
fn unchanged<M: Fittable + PartialEq + std::fmt::Debug>(rows: &[Weighted]) {
    let (own, used) = (
        M::fit(rows).expect("good rows"),
        fit_or_limit::<M>(rows).expect("good rows"),
    );
    assert!(own.converged());
    assert_eq!(used.model.name(), M::NAME);
    assert_eq!((used.model.limit(), used.model.names()), (None, &M::NAMES[..]));
    assert_eq!(used.parameters, own.parameters);
    assert_eq!(used.model.parameters(), own.parameters);
    assert_eq!(used.standard_errors, own.standard_errors);
    assert_eq!(used.log_likelihood.to_bits(), own.log_likelihood.to_bits());
    assert_eq!(
        (used.iterations, used.distinct_rows),
        (own.iterations, own.distinct_rows)
    );
    let step = 1e-4;
    let mut parameters: [f64; 4] = own.parameters.try_into().expect("four parameters");
    parameters[2] *= f64::exp(step);
    assert_eq!(
        used.model.moved(2, step),
        ModelOrLimit::Model(M::with(parameters), parameters)
    );
}

#[test]
fn a_maximum_inside_stays_as_it_is() {
    let sample = rows(&customers(), 7.0);
    unchanged::<BgNbd>(&sample);
    unchanged::<MbgNbd>(&sample);
    unchanged::<ParetoNbd>(&sample);
    for seed in 0..5 {
        let drawn = |leaving| simulate::histories(3_000, 0.6, 10.0, leaving, 80.0, seed);
        unchanged::<BgNbd>(&drawn(simulate::Leaving::AfterRepeats(0.8, 2.5)));
        unchanged::<MbgNbd>(&drawn(simulate::Leaving::AfterPurchases(0.8, 2.5)));
        unchanged::<ParetoNbd>(&drawn(simulate::Leaving::AtARate(0.8, 12.0)));
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 100, ..ProptestConfig::default() })]

    /// Few customers of any kind: nobody ends without a model.
    #[test]
    fn there_is_always_a_way_out(
        kind in prop::sample::select(&LimitKind::ALL[..]),
        count in 10_usize..60,
        seed in 0_u64..1_000_000,
    ) {
        let rows = simulated(kind, count, seed);
        prop_assume!(rows.iter().any(|row| row.history.x > 0));
        has_a_way_out::<BgNbd>(&rows)?;
        has_a_way_out::<MbgNbd>(&rows)?;
        has_a_way_out::<ParetoNbd>(&rows)?;
    }
}

fn has_a_way_out<M: Fittable + PartialEq + std::fmt::Debug>(rows: &[Weighted]) -> Result<(), TestCaseError> {
    let fit: Fit<ModelOrLimit<M>> = fit_or_limit(rows).expect("good rows");
    prop_assert!(fit.converged(), "{}: {:?}", M::NAME, fit.parameters);
    let limit = best_limit::<M>(&distinct(rows.to_vec()))
        .expect("good rows")
        .expect("a limit");
    if fit.model.limit().is_some() {
        prop_assert_eq!(&limit.model, &fit.model);
    }
    for history in &HISTORIES {
        let expected = fit.model.expected(history, 52.0);
        prop_assert!(
            expected.is_finite() && expected >= 0.0,
            "{}: {expected}",
            fit.model.name()
        );
    }
    Ok(())
}

/// Nobody leaves, whatever model is asked.
#[test]
fn who_never_leaves_is_alive() {
    // Everybody buys on every tenth day, to the end.
    let steady: Vec<History> = (0..60_u32)
        .map(|n| history(n % 9 + 4, f64::from(n % 9 + 4) * 10.0, f64::from(n % 9) * 10.0 + 43.0))
        .collect();
    let rows = weighted(steady);
    let used = [
        fit_or_limit::<BgNbd>(&rows).expect("good rows").model.name(),
        fit_or_limit::<MbgNbd>(&rows).expect("good rows").model.name(),
        fit_or_limit::<ParetoNbd>(&rows).expect("good rows").model.name(),
    ];
    // More regular than chance is, so that one rate is the likeliest.
    assert_eq!(used, ["poisson"; 3]);
    let fit = fit_or_limit::<ParetoNbd>(&rows).expect("good rows");
    let (x, t) = rows.iter().fold((0.0, 0.0), |(x, t), row| {
        (x + f64::from(row.history.x), t + row.history.t)
    });
    close(fit.parameters[0], x / t, 1e-9);
    assert_eq!(fit.model.p_alive(&rows[0].history), 1.0);
}

#[test]
fn resamples_agree_with_the_information() {
    for kind in [
        LimitKind::ExponentialNbd,
        LimitKind::GeometricNbd,
        LimitKind::ZeroInflatedNbd,
    ] {
        let rows = distinct(simulated(kind, 3_000, 3));
        let fit = kind.fit_distinct(&rows, None).expect("good rows");
        let used: ModelOrLimit<ParetoNbd> = ModelOrLimit::Limit(fit.model);
        let resampled = used.log_covariance(&rows, 1, 200).expect("maxima");
        let informed = fit.log_covariance.expect("a curved likelihood");
        for index in 0..informed.size() {
            let ratio = (resampled.get(index, index) / informed.get(index, index)).sqrt();
            assert!((0.75..=1.25).contains(&ratio), "{} {index}: {ratio}", kind.name());
        }
        let few = |seed| used.log_covariance(&rows, seed, 4);
        assert_eq!(few(7), few(7));
        assert_ne!(few(7), few(8));
    }
    // A probability stays one.
    let nearly = LimitKind::GeometricNbd
        .with(&[1.0, 10.0, 0.999_99])
        .expect("good parameters");
    let moved = ModelOrLimit::<BgNbd>::Limit(nearly).moved(2, 1e-4);
    assert_eq!(moved.parameters(), [1.0, 10.0, 1.0]);
    assert!(moved.expected(&HISTORIES[0], 10.0).is_finite() && moved.p_alive(&HISTORIES[2]) == 0.0);
}

/// Two kinds of customers, the second buying twice as often and leaving at half the odds.
#[test]
fn covariates_come_back() {
    for kind in [LimitKind::GeometricNbd, LimitKind::ExponentialNbd] {
        let first = distinct(simulated(kind, 6_000, 1));
        // Time that runs twice as fast: all rates double.
        let second = simulated(kind, 6_000, 2);
        let halved = second.into_iter().map(|mut row| {
            (row.history.t_x, row.history.t) = (0.5 * row.history.t_x, 0.5 * row.history.t);
            row
        });
        let group = |rows, covariate| Group {
            rows,
            covariates: vec![covariate],
        };
        let groups = [group(first.clone(), 0.0), group(distinct(halved.collect()), 1.0)];
        let plain = kind.fit_distinct(&first, None).expect("good rows");
        let used: ModelOrLimit<BgNbd> = ModelOrLimit::Limit(plain.model);
        let fit = used.fit_with_covariates(&groups).expect("good rows");
        let errors = fit.standard_errors.expect("a curved likelihood");
        let leaving = if kind == LimitKind::GeometricNbd {
            0.0
        } else {
            std::f64::consts::LN_2
        };
        for (number, truth) in [std::f64::consts::LN_2, leaving].into_iter().enumerate() {
            let (found, error) = (fit.coefficients[number][0], errors[3 + number]);
            assert!(
                (found - truth).abs() <= 3.0 * error,
                "{} {number}: {found} ± {error}",
                kind.name()
            );
        }
        assert_eq!(fit.models[1].parameters(), fit.group_parameters[1]);
        // One group without covariates is the plain fit.
        let alone = Group {
            rows: first,
            covariates: Vec::new(),
        };
        let alone = used.fit_with_covariates(&[alone]).expect("good rows");
        for (found, expected) in alone.parameters.iter().zip(&plain.parameters) {
            close(*found, *expected, 1e-8);
        }
        let log_errors = alone.standard_errors.expect("a curved likelihood");
        for (index, error) in log_errors.iter().enumerate() {
            let expected = plain.standard_errors.as_ref().expect("a curved likelihood")[index];
            close(error * alone.parameters[index], expected, 1e-6);
        }
    }
}

/// What follows a fit takes a limit as it takes a model: tracking and calibration.
#[test]
fn tracking_and_calibration_take_limits() {
    let rows = simulated(LimitKind::ExponentialNbd, 4_000, 12);
    let fit = LimitKind::ExponentialNbd.fit(&rows).expect("good rows");
    let model: ModelOrLimit<ParetoNbd> = ModelOrLimit::Limit(fit.model);
    let births: Vec<(f64, f64)> = rows.iter().map(|row| (80.0 - row.history.t, 1.0)).collect();
    let expected = expected_cumulative(&model, &births, &[80.0])[0];
    let observed: f64 = rows.iter().map(|row| f64::from(row.history.x)).sum();
    assert!((expected / observed - 1.0).abs() < 0.02, "{expected} of {observed}");
    let mut rng = simulate::seeded(5);
    let learnt: Vec<_> = rows
        .iter()
        .map(|Weighted { history, .. }| {
            let mut at_least = [0.0];
            model.at_least(history, 26.0, &mut at_least);
            let features = Features {
                p_order: at_least[0],
                frequency: history.x,
                gap_days: history.t - history.t_x,
                mean_value: 10.0,
            };
            (features, rng.random::<f64>() < at_least[0], 1.0)
        })
        .collect();
    let score = CalibratedScore::learn(&learnt).expect("some ordered and some did not");
    // What happened was drawn from the model, so that there is little to correct.
    let misses = learnt
        .iter()
        .map(|(features, ..)| (score.p_order(features) - features.p_order).abs());
    assert!(misses.sum::<f64>() / (rows.len() as f64) < 0.02);
}
