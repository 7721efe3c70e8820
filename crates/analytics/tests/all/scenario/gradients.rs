//! Derivatives of scenarios, and the intervals made of them.

use std::collections::HashMap;

use chalandise_analytics::numeric::Symmetric;
use chalandise_analytics::scenario::{
    Cell, Change, Gradient, Gradients, Network, Outcome, QuantityGradients, Rule, ScenarioError, Site, Uncertainty,
};
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
            let [low, high] = [-step, step].map(|step| with_effect(&case, &effect.site, step));
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

/// The case with the effect of a changed site moved: of a closed one before, of another one after.
fn with_effect(case: &Case, id: &str, step: f64) -> Amounts {
    let (mut before, mut after) = (case.sites.clone(), changed(&case.sites, &case.changes));
    let closed = case
        .changes
        .iter()
        .any(|it| matches!(it, Change::Close { id: it } if it == id));
    let sites = if closed { &mut before } else { &mut after };
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
