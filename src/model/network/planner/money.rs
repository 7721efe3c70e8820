//! The web shop, the margin and what a plan costs: data where the lake has them, else what the user assumes, said as such.

use chalandise_analytics::network::scenario::{Amount, Effect, Gradient, Outcome, Party, Role, ScenarioError};

use chalandise_notebook::scenario::Plan;

use super::Planner;
use super::amount::{Changes, Total};
use super::plan::Changed;

/// An assumption with the place where its value is from.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Assumed {
    pub(super) name: &'static str,
    pub(super) value: Option<f64>,
    /// data, user or default.
    pub(super) source: &'static str,
}

impl Assumed {
    fn new(name: &'static str, user: Option<f64>, data: Option<f64>, default: Option<f64>) -> Assumed {
        let (value, source) = match (user, data) {
            (Some(value), _) => (Some(value), "user"),
            (None, Some(value)) => (Some(value), "data"),
            (None, None) => (default, "default"),
        };
        Assumed { name, value, source }
    }
}

/// What the network's stores sell under a plan, and what of it is felt at once.
#[derive(Debug)]
pub(super) struct Stores<'a> {
    pub(super) own: Changes,
    pub(super) gradient: &'a Gradient,
    pub(super) effects: &'a [Effect],
    /// None where nothing opens.
    pub(super) at_once: Option<AtOnce>,
}

/// A part of a plan: what its stores win by it, with its derivatives.
#[derive(Debug, Default)]
pub(super) struct AtOnce {
    pub(super) change: f64,
    pub(super) gradient: Gradient,
    pub(super) effects: Vec<Effect>,
}

impl Stores<'_> {
    /// The first year: what is felt at once, and the share `ramp` of what the openings add to it.
    fn first_year(&self, planner: &Planner, ramp: f64) -> Result<Changes, ScenarioError> {
        let Some(at_once) = &self.at_once else {
            return Ok(self.own);
        };
        let change = at_once.change + ramp * (self.own.change - at_once.change);
        let mut gradient = self.gradient.clone();
        let parameters = gradient.parameters.iter_mut();
        parameters.for_each(|value| *value *= ramp);
        gradient.effects.iter_mut().for_each(|value| *value *= ramp);
        let now = at_once.gradient.parameters.iter();
        for (value, now) in gradient.parameters.iter_mut().zip(now) {
            *value += (1.0 - ramp) * now;
        }
        for (effect, now) in at_once.effects.iter().zip(&at_once.gradient.effects) {
            if let Some(place) = self.effects.iter().position(|other| other == effect) {
                gradient.effects[place] += (1.0 - ramp) * now;
            }
        }
        let amount = Amount {
            before: self.own.before,
            after: self.own.before + change,
            change,
        };
        planner.spread(&amount, &gradient, self.effects)
    }
}

/// The money of a plan beside its stores' sales.
#[derive(Clone, Debug)]
pub(super) struct Money {
    pub(super) web: Changes,
    pub(super) totals: Vec<Total>,
    pub(super) assumed: Vec<Assumed>,
}

impl Money {
    /// Web shop, network, fixed costs, margin, first year and investment of a plan whose stores sell `own`.
    ///
    /// # Errors
    /// [`ScenarioError`] when the model's numbers make no spread.
    pub(super) fn of(
        planner: &Planner,
        plan: &Plan,
        changes: &[Changed],
        outcome: &Outcome,
        stores: &Stores<'_>,
    ) -> Result<Money, ScenarioError> {
        let (given, facts) = (plan.assumptions(), &planner.facts);
        let margin_rate = Assumed::new("margin_rate", given.margin_rate, facts.margin_rate, None);
        let web_effect = Assumed::new(
            "web_effect",
            given.web_effect,
            facts.web_effect.map(|it| it.0),
            Some(0.0),
        );
        let web_kept = Assumed::new("web_kept", given.web_kept, facts.web_kept.map(|it| it.0), Some(0.0));
        let ramp = Assumed::new(
            "first_year_ramp",
            given.first_year_ramp,
            facts.first_year_ramp,
            Some(1.0),
        );
        let fixed = Assumed::new("fixed_cost", given.fixed_cost, planner.usual_fixed_cost(changes), None);
        let investment = Assumed::new("investment", given.investment, None, None);
        // What the user sets is a supposition: it has no error.
        let with_error = |assumed: &Assumed, fact: Option<(f64, f64)>| match assumed.source {
            "data" => fact.unwrap_or_default(),
            _ => (assumed.value.unwrap_or(0.0), 0.0),
        };
        let (effect, kept) = (
            with_error(&web_effect, facts.web_effect),
            with_error(&web_kept, facts.web_kept),
        );
        let web = web(stores.own, outcome, effect, kept);
        let network = sum(stores.own, web, effect.0);
        let fixed_cost = planner.fixed_cost_change(changes, given.fixed_cost);
        let mut totals = vec![
            Total {
                name: "web",
                amount: web,
            },
            Total {
                name: "network",
                amount: network,
            },
        ];
        let first = stores.first_year(planner, ramp.value.unwrap_or(1.0))?;
        let first_year = sum(first, self::web(first, outcome, effect, kept), effect.0);
        totals.push(Total {
            name: "first_year",
            amount: first_year,
        });
        if let Some(fixed_cost) = fixed_cost {
            totals.push(Total {
                name: "fixed_cost",
                amount: certain(fixed_cost),
            });
        }
        if let (Some(rate), Some(fixed_cost)) = (margin_rate.value, fixed_cost) {
            totals.push(Total {
                name: "margin",
                amount: margin(network, rate, fixed_cost),
            });
            totals.push(Total {
                name: "first_year_margin",
                amount: margin(first_year, rate, fixed_cost),
            });
        }
        if let Some(amount) = investments(changes, given.investment) {
            totals.push(Total {
                name: "investment",
                amount: certain(amount),
            });
        }
        let ratio = planner.travel_time_ratio();
        let ratio = ratio.map(|ratio| Assumed::new("travel_time_ratio", None, Some(ratio), None));
        Ok(Money {
            web,
            totals,
            assumed: [margin_rate, web_effect, web_kept, ramp, fixed, investment]
                .into_iter()
                .chain(ratio)
                .collect(),
        })
    }
}

/// A change that nothing makes uncertain.
fn certain(change: f64) -> Changes {
    Changes {
        change,
        after: change,
        ..Changes::default()
    }
}

/// For each unit of money that stores win in the cells the web shop wins `effect` there; of what closed stores no longer sell it keeps
/// the share `kept`, but of no store more than what goes outside.
fn web(own: Changes, outcome: &Outcome, (effect, effect_error): (f64, f64), (kept, kept_error): (f64, f64)) -> Changes {
    let outside = |place: usize| -> f64 {
        let lost = outcome
            .transfers
            .iter()
            .filter(|transfer| transfer.from == Party::Site(place) && transfer.to == Party::Outside);
        lost.map(|transfer| transfer.amount).sum()
    };
    let sites = outcome.sites.iter().enumerate();
    let (mut freed, mut stays) = (0.0, 0.0);
    for (place, site) in sites.filter(|(_, site)| site.role == Role::Closed) {
        freed -= site.amount.change;
        stays += (-kept * site.amount.change).min(outside(place));
    }
    let change = effect * own.change + stays;
    Changes {
        before: 0.0,
        after: change,
        change,
        from_parameters: effect * effect * own.from_parameters
            + (effect_error * own.change).powi(2)
            + (kept_error * freed).powi(2),
        from_model: effect * effect * own.from_model,
    }
}

/// Stores and web: what makes the one uncertain makes the other too.
fn sum(own: Changes, web: Changes, effect: f64) -> Changes {
    let factor = (1.0 + effect).powi(2);
    let own_only = effect * effect * own.from_parameters;
    Changes {
        before: own.before,
        after: own.after + web.change,
        change: own.change + web.change,
        from_parameters: factor * own.from_parameters + (web.from_parameters - own_only).max(0.0),
        from_model: factor * own.from_model,
    }
}

fn margin(network: Changes, rate: f64, fixed_cost: f64) -> Changes {
    let change = rate * network.change - fixed_cost;
    Changes {
        before: rate * network.before,
        after: rate * network.before + change,
        change,
        from_parameters: rate * rate * network.from_parameters,
        from_model: rate * rate * network.from_model,
    }
}

/// What the openings cost once; none when nobody says it of one of them, and when nothing opens.
fn investments(changes: &[Changed], assumed: Option<f64>) -> Option<f64> {
    let opened = changes.iter().filter(|changed| changed.kind == "open");
    let amounts: Vec<f64> = opened
        .map(|changed| changed.investment.or(assumed))
        .collect::<Option<_>>()?;
    (!amounts.is_empty()).then(|| amounts.iter().sum())
}

impl Planner {
    /// Fixed cost of the first opening at the network's usual cost of a square metre.
    fn usual_fixed_cost(&self, changes: &[Changed]) -> Option<f64> {
        let opened = changes.iter().find(|changed| changed.kind == "open")?;
        Some(self.facts.fixed_cost_per_m2? * opened.sales_area_m2?)
    }

    /// What fixed costs rise by in a year; none when the data or the user do not say it of a site.
    fn fixed_cost_change(&self, changes: &[Changed], assumed: Option<f64>) -> Option<f64> {
        let mut change = 0.0;
        for changed in changes.iter().filter(|changed| !changed.competitor) {
            let site = self.sites.iter().find(|site| site.id == changed.id);
            let today = site.and_then(|site| site.column("annual_fixed_cost"));
            let area = site.and_then(|site| site.column("sales_area_m2"));
            change += match changed.kind {
                "open" => {
                    let usual = self
                        .facts
                        .fixed_cost_per_m2
                        .zip(changed.sales_area_m2)
                        .map(|(cost, area)| cost * area);
                    changed.fixed_cost.or(assumed).or(usual)?
                }
                "close" => -today?,
                // Rent and staff grow with the area.
                "resize" => today? * (changed.sales_area_m2? / area?.max(1.0) - 1.0),
                _ => 0.0,
            };
        }
        Some(change)
    }
}
