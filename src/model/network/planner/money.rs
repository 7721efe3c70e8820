//! The web shop, the margin and what a plan costs: data where the lake has them, else what the user assumes, said as such.

use chalandise_analytics::scenario::{Outcome, Role};

use crate::notebook::scenario::Plan;

use super::Planner;
use super::answer::{Changes, Total};
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

/// The money of a plan beside its stores' sales.
#[derive(Clone, Debug)]
pub(super) struct Money {
    pub(super) web: Changes,
    pub(super) totals: Vec<Total>,
    pub(super) assumed: Vec<Assumed>,
}

impl Money {
    /// Web shop, network, fixed costs, margin, first year and investment of a plan whose stores sell `own`.
    pub(super) fn of(planner: &Planner, plan: &Plan, changes: &[Changed], outcome: &Outcome, own: Changes) -> Money {
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
        let web = web(
            own,
            outcome,
            with_error(&web_effect, facts.web_effect),
            with_error(&web_kept, facts.web_kept),
        );
        let network = sum(own, web, web_effect.value.unwrap_or(0.0));
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
        let first_year = first_year(network, outcome, changes, ramp.value.unwrap_or(1.0));
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
        Money {
            web,
            totals,
            assumed: [margin_rate, web_effect, web_kept, ramp, fixed, investment]
                .into_iter()
                .chain(ratio)
                .collect(),
        }
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
/// the share `kept`, but no more than what goes outside.
fn web(own: Changes, outcome: &Outcome, (effect, effect_error): (f64, f64), (kept, kept_error): (f64, f64)) -> Changes {
    let closed = outcome.sites.iter().filter(|site| site.role == Role::Closed);
    let freed: f64 = closed.map(|site| -site.amount.change).sum();
    let stays = (kept * freed).min(outcome.outside.change.max(0.0));
    Changes {
        before: 0.0,
        after: 0.0,
        change: effect * own.change + stays,
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

/// What new sites bring and take comes at the share `ramp` in the first year.
fn first_year(network: Changes, outcome: &Outcome, changes: &[Changed], ramp: f64) -> Changes {
    let new = |id: &str| {
        changes
            .iter()
            .any(|changed| changed.id == id && matches!(changed.kind, "open" | "move"))
    };
    let any_new = outcome.sites.iter().any(|site| new(&site.id));
    let closed = outcome.sites.iter().filter(|site| site.role == Role::Closed);
    let freed: f64 = closed.map(|site| site.amount.change).sum();
    if !any_new {
        return network;
    }
    // Closings are felt at once, all else grows.
    let change = freed + ramp * (network.change - freed);
    Changes {
        change,
        after: network.before + change,
        from_parameters: ramp * ramp * network.from_parameters,
        from_model: ramp * ramp * network.from_model,
        ..network
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
