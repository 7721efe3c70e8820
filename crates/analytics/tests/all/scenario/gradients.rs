//! Derivatives of scenarios, and the intervals made of them.

use std::collections::HashMap;

use chalandise_analytics::network::scenario::{
    Cell, Change, EffectKind, Gradient, Gradients, Network, Outcome, QuantityGradients, Rule, ScenarioError, Site,
    Uncertainty,
};
use chalandise_analytics::numeric::Symmetric;
use proptest::prelude::*;

use super::{Case, Naive, at, case, changed, naive, small, store, total};

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, ..ProptestConfig::default() })]

    #[test]
    fn gradients_are_those_of_small_differences(case in case()) {
        let network = Network::new(&case.cells, case.sites.clone(), case.rule).unwrap();
        if case.sites.is_empty() {
            // Nobody has said how many covariates there are.
            return Ok(());
        }
        let base = network.base_gradients();
        let (outcome, gradients) = network.evaluate_with_gradients(&base, &case.changes).unwrap();
        prop_assert_eq!(&outcome, &network.evaluate(&case.changes).unwrap());
        let all = total(&case.cells);
        for parameter in 0..network.parameters() {
            // The coefficient is multiplied by what may be thousands; its steps and derivatives are in that unit.
            let unit = if parameter == 2 { case.rule.decay.transform(200.0) } else { 1.0 };
            let step = 1e-5 / unit;
            let [low, high] = [-step, step].map(|step| moved(&case, parameter, step));
            check(&gradients_of(&outcome, &gradients), &low, &high, 1e-5, all, |gradient| gradient.parameters[parameter] / unit)?;
        }
        for (number, effect) in gradients.effects.iter().enumerate() {
            let step = 1e-5;
            let before = matches!(effect.kind, EffectKind::Closed | EffectKind::Left);
            let [low, high] = [-step, step].map(|step| with_effect(&case, &effect.site, before, step));
            check(&gradients_of(&outcome, &gradients), &low, &high, step, all, |gradient| gradient.effects[number])?;
        }
    }
}

/// Amounts of a scenario: sites concerned by id, then own, competitors and outside.
type Amounts = HashMap<String, (f64, f64)>;

fn amounts(cells: &[Cell], sites: &[Site], after: &[Site], rules: (&Rule, &Rule)) -> Amounts {
    let (was, is) = (naive(cells, sites, rules.0), naive(cells, after, rules.1));
    let mut found: Amounts = was
        .sites
        .iter()
        .map(|(id, amount)| (id.clone(), (*amount, 0.0)))
        .collect();
    for (id, amount) in &is.sites {
        found.entry(id.clone()).or_default().1 = *amount;
    }
    let own = |it: &Naive| it.own_by_cell.iter().sum::<f64>();
    found.insert("own".to_owned(), (own(&was), own(&is)));
    found.insert("outside".to_owned(), (was.outside, is.outside));
    found
}

/// The case with one parameter moved.
fn moved(case: &Case, parameter: usize, step: f64) -> Amounts {
    let mut rule = case.rule;
    let turn = |site: &mut Site| {
        if let Some(covariate) = site.covariates.get(parameter) {
            site.attraction *= (step * covariate).exp();
        }
    };
    let exponents = case.sites.first().map_or(0, |site| site.covariates.len());
    if parameter == exponents {
        rule.coefficient += step;
    } else if parameter == exponents + 1 {
        rule.outside *= step.exp();
    }
    let (mut before, mut after) = (case.sites.clone(), changed(&case.sites, &case.changes));
    before.iter_mut().chain(&mut after).for_each(turn);
    amounts(&case.cells, &before, &after, (&rule, &rule))
}

/// The case with the effect of a changed site moved, in one of its two states.
fn with_effect(case: &Case, id: &str, in_before: bool, step: f64) -> Amounts {
    let (mut before, mut after) = (case.sites.clone(), changed(&case.sites, &case.changes));
    let sites = if in_before { &mut before } else { &mut after };
    sites
        .iter_mut()
        .filter(|site| site.id == id)
        .for_each(|site| site.attraction *= step.exp());
    amounts(&case.cells, &before, &after, (&case.rule, &case.rule))
}

fn gradients_of<'g>(outcome: &Outcome, gradients: &'g Gradients) -> Vec<(String, &'g QuantityGradients)> {
    assert!(
        outcome
            .sites
            .iter()
            .map(|site| &site.id)
            .eq(gradients.sites.iter().map(|site| &site.id))
    );
    let sites = gradients.sites.iter().map(|site| (site.id.clone(), &site.amount));
    sites
        .chain([
            ("own".to_owned(), &gradients.own),
            ("outside".to_owned(), &gradients.outside),
        ])
        .collect()
}

fn check(
    found: &[(String, &QuantityGradients)],
    low: &Amounts,
    high: &Amounts,
    step: f64,
    all: f64,
    of: impl Fn(&Gradient) -> f64,
) -> Result<(), TestCaseError> {
    for (id, gradients) in found {
        let (low, high) = (low[id], high[id]);
        let known = [
            (high.0 - low.0) / (2.0 * step),
            (high.1 - low.1) / (2.0 * step),
            ((high.1 - high.0) - (low.1 - low.0)) / (2.0 * step),
        ];
        for (gradient, known) in [&gradients.before, &gradients.after, &gradients.change]
            .into_iter()
            .zip(known)
        {
            let found = of(gradient);
            let near = (found - known).abs() <= 1e-6 * known.abs() + 1e-7 * all;
            prop_assert!(near, "{id}: {found} is not {known}");
        }
    }
    Ok(())
}

#[test]
fn the_delta_method_is_the_spread_of_many_draws() {
    use rand::SeedableRng;
    use rand_distr::{Distribution, StandardNormal};

    let (cells, rule) = small();
    let sites = vec![
        store("A", at(47.0, 2.0)),
        store("B", at(47.1, 2.2)),
        store("C", at(47.15, 2.4)),
    ];
    let new = store("N", at(47.06, 2.1));
    let network = Network::new(&cells, sites.clone(), rule).unwrap();
    let changes = [Change::Open(new.clone())];
    let (outcome, gradients) = network
        .evaluate_with_gradients(&network.base_gradients(), &changes)
        .unwrap();
    // Deviations of an exponent, the distance coefficient and ln outside, with a correlation, and of the new store's effect.
    let (deviations, correlation, sigma) = ([0.02, 0.03, 0.05], 0.5, 0.1);
    let mut covariance = Symmetric::zeros(3);
    for (place, deviation) in deviations.iter().enumerate() {
        covariance.add(place, place, deviation * deviation);
    }
    covariance.add(1, 2, correlation * deviations[1] * deviations[2]);
    let uncertainty = Uncertainty {
        covariance,
        effect_variance: sigma * sigma,
        resized_effect_variance: 0.0,
        closed_effect_variance: 0.0,
    };
    let spread = |estimate, gradient| uncertainty.spread(estimate, gradient, &gradients.effects).unwrap();
    let own = spread(outcome.own.change, &gradients.own.change);
    let neighbour = spread(outcome.sites[0].amount.change, &gradients.sites[0].amount.change);

    let mut random = rand_chacha::ChaCha8Rng::seed_from_u64(5);
    let (mut owns, mut neighbours) = (Vec::new(), Vec::new());
    for _ in 0..4_000 {
        let [a, b, c, u]: [f64; 4] = std::array::from_fn(|_| StandardNormal.sample(&mut random));
        let exponent = deviations[0] * a;
        let mut other = rule;
        other.coefficient += deviations[1] * b;
        other.outside *= (deviations[2] * (correlation * b + (1.0 - correlation * correlation).sqrt() * c)).exp();
        let turned = |site: &Site, effect: f64| Site {
            attraction: site.attraction * (exponent * site.covariates[0] + effect).exp(),
            ..site.clone()
        };
        let sites: Vec<Site> = sites.iter().map(|site| turned(site, 0.0)).collect();
        let drawn = Network::new(&cells, sites, other).unwrap();
        let outcome = drawn.evaluate(&[Change::Open(turned(&new, sigma * u))]).unwrap();
        owns.push(outcome.own.change);
        neighbours.push(outcome.sites[0].amount.change);
    }
    for (spread, draws) in [(own, owns), (neighbour, neighbours)] {
        let mean = draws.iter().sum::<f64>() / draws.len() as f64;
        let variance = draws.iter().map(|draw| (draw - mean).powi(2)).sum::<f64>() / draws.len() as f64;
        assert!(
            (spread.standard_error / variance.sqrt() - 1.0).abs() < 0.05,
            "{spread:?} against {}",
            variance.sqrt()
        );
        let inside = draws
            .iter()
            .filter(|draw| (spread.interval_80.low..=spread.interval_80.high).contains(*draw))
            .count();
        assert!((0.77..0.83).contains(&(inside as f64 / draws.len() as f64)), "{inside}");
        assert!(spread.from_model > 0.0 && spread.from_parameters > 0.0);
    }
    let wrong = Uncertainty {
        covariance: Symmetric::zeros(2),
        ..uncertainty.clone()
    };
    let fault = wrong.spread(1.0, &gradients.own.change, &gradients.effects);
    assert_eq!(fault, Err(ScenarioError::Covariance { given: 2, needed: 3 }));
}

#[test]
fn the_error_of_a_change_grows_from_nothing_to_that_of_a_closing() {
    let (cells, rule) = small();
    let sites = vec![
        store("A", at(47.0, 2.0)),
        store("B", at(47.1, 2.2)),
        store("C", at(47.15, 2.4)),
    ];
    let network = Network::new(&cells, sites.clone(), rule).unwrap();
    let base = network.base_gradients();
    let uncertainty = Uncertainty {
        covariance: Symmetric::zeros(3),
        effect_variance: 0.01,
        resized_effect_variance: 0.01,
        closed_effect_variance: 0.01,
    };
    // Of the network's change, and of the store's own.
    let errors = |change: Change| {
        let (outcome, gradients) = network.evaluate_with_gradients(&base, &[change]).unwrap();
        let place = outcome.sites.iter().position(|site| site.id == "B").unwrap();
        let of = |estimate, gradient| {
            let spread = uncertainty.spread(estimate, gradient, &gradients.effects).unwrap();
            spread.from_model.sqrt()
        };
        let site = of(
            outcome.sites[place].amount.change,
            &gradients.sites[place].amount.change,
        );
        (of(outcome.own.change, &gradients.own.change), site)
    };
    let resized = |factor: f64| {
        errors(Change::Resize {
            id: "B".to_owned(),
            attraction: sites[1].attraction * factor,
            covariates: sites[1]
                .covariates
                .iter()
                .map(|log| log + factor.max(1e-9).ln())
                .collect(),
        })
    };
    let moved = |latitude: f64| {
        errors(Change::Move {
            id: "B".to_owned(),
            to: at(latitude, 2.2),
            distances: Default::default(),
        })
    };
    let closed = errors(Change::Close { id: "B".to_owned() });
    assert!(closed.0 > 0.0 && closed.1 > closed.0);
    for same in [resized(1.0), moved(47.1)] {
        assert!(same.0 <= 1e-12 * closed.0 && same.1 <= 1e-12 * closed.1, "{same:?}");
    }
    let (hair, step) = (resized(1.000_001), moved(47.100_001));
    for little in [hair, step] {
        assert!(
            little.0 < 0.05 * closed.0 && little.1 < 0.05 * closed.1,
            "{little:?} of {closed:?}"
        );
    }
    let nothing = resized(0.0);
    assert!((nothing.0 / closed.0 - 1.0).abs() < 1e-9 && (nothing.1 / closed.1 - 1.0).abs() < 1e-9);
    let far = [resized(0.5), resized(2.0), moved(47.2)];
    assert!(
        far.iter().all(|error| error.1 > 0.2 * closed.1),
        "{far:?} of {closed:?}"
    );
}
