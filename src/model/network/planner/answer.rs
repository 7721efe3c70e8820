//! A plan evaluated: what each site gains or loses, who gives to whom, and how sure that is.

use std::collections::BTreeMap;

use chalandise_analytics::network::scenario::{
    Amount, Change as Supposed, Effect, Gradient, Gradients, Kind, Outcome, Party, QuantityGradients, Role,
    ScenarioError,
};
use h3o::Resolution;

use chalandise_notebook::scenario::Plan;

use super::Planner;
use super::amount::{Changes, Total};
use super::fault::{Notice, PlannerFault};
use super::money::{Assumed, AtOnce, Money, Stores};
use super::plan::Changed;

/// Resolution at which pages draw what a scenario changes: about 5 km2.
const DRAWN: Resolution = Resolution::Seven;

/// What a plan does.
#[derive(Debug)]
pub struct Answer {
    /// What a reader should know of it.
    pub notices: Vec<Notice>,
    pub(super) changes: Vec<Changed>,
    pub(super) sites: Vec<SiteAnswer>,
    pub(super) totals: Vec<Total>,
    pub(super) transfers: Vec<Transfer>,
    pub(super) cells: Vec<CellAnswer>,
    pub(super) steps: Vec<Step>,
    pub(super) assumed: Vec<Assumed>,
}

/// A site within reach of the changes.
#[derive(Clone, Debug)]
pub(super) struct SiteAnswer {
    pub(super) id: String,
    pub(super) name: String,
    pub(super) competitor: bool,
    pub(super) changed: &'static str,
    pub(super) latitude: f64,
    pub(super) longitude: f64,
    pub(super) sales_area_m2: Option<f64>,
    pub(super) distance_km: Option<f64>,
    pub(super) observed: Option<f64>,
    pub(super) amount: Changes,
}

impl SiteAnswer {
    /// The total of the scenario that it belongs to.
    fn group(&self) -> &'static str {
        match self.changed {
            "close" => "closed",
            "none" => "others",
            _ => "opened",
        }
    }
}

/// What goes from one to another.
#[derive(Clone, Debug)]
pub(super) struct Transfer {
    pub(super) from: (String, String),
    pub(super) to: (String, String),
    pub(super) amount: f64,
}

/// What the network's stores sell in a cell.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct CellAnswer {
    pub(super) cell: u64,
    pub(super) residents: f64,
    pub(super) before: f64,
    pub(super) after: f64,
}

/// A step from the network's revenue before to that after.
#[derive(Clone, Debug)]
pub(super) struct Step {
    pub(super) kind: &'static str,
    pub(super) name: String,
    /// Stores that it is about, or that there are.
    pub(super) stores: usize,
    pub(super) amount: f64,
    /// Where the step begins and ends.
    pub(super) from: f64,
    pub(super) to: f64,
}

impl Planner {
    /// Evaluates a plan.
    ///
    /// # Errors
    /// All that is wrong with it, as [`PlannerFault`]s.
    pub fn evaluate(&self, plan: &Plan) -> Result<Answer, Vec<PlannerFault>> {
        let understood = self.understand(plan)?;
        let one = |fault: ScenarioError| vec![PlannerFault::from(fault)];
        let (outcome, gradients) = self
            .network
            .evaluate_with_gradients(&self.base, &understood.supposed)
            .map_err(one)?;
        // Closings alone, for what they free and what the openings take then.
        let closings: Vec<Supposed> = understood
            .supposed
            .iter()
            .filter(|change| matches!(change, Supposed::Close { .. }))
            .cloned()
            .collect();
        let closed = self.network.evaluate(&closings).map_err(one)?;
        let sites = self.sites_of(&understood.changes, &outcome, &gradients).map_err(one)?;
        let own = self
            .spread(&outcome.own, &gradients.own.change, &gradients.effects)
            .map_err(one)?;
        let at_once = self.at_once(&understood.supposed).map_err(one)?;
        let stores = Stores {
            own,
            gradient: &gradients.own.change,
            effects: &gradients.effects,
            at_once,
        };
        let money = Money::of(self, plan, &understood.changes, &outcome, &stores).map_err(one)?;
        let mut totals = self.totals(&outcome, &gradients, &sites).map_err(one)?;
        totals.extend(money.totals.iter().cloned());
        Ok(Answer {
            steps: self.steps(&understood.changes, &outcome, &closed, &money),
            transfers: self.transfers(&understood.changes, &outcome),
            cells: self.drawn_cells(&outcome),
            notices: understood.notices,
            changes: understood.changes,
            assumed: money.assumed,
            sites,
            totals,
        })
    }

    /// What the network's stores lose or win by all that is felt at once: by everything but the openings, which customers come to find over
    /// months. None where nothing opens.
    fn at_once(&self, supposed: &[Supposed]) -> Result<Option<AtOnce>, ScenarioError> {
        let opens = |change: &&Supposed| matches!(change, Supposed::Open(outlet) if outlet.kind == Kind::Own);
        if !supposed.iter().any(|change| opens(&change)) {
            return Ok(None);
        }
        let others: Vec<Supposed> = supposed.iter().filter(|change| !opens(change)).cloned().collect();
        if others.is_empty() {
            return Ok(Some(AtOnce::default()));
        }
        let (outcome, gradients) = self.network.evaluate_with_gradients(&self.base, &others)?;
        Ok(Some(AtOnce {
            change: outcome.own.change,
            gradient: gradients.own.change,
            effects: gradients.effects,
        }))
    }

    pub(super) fn spread(
        &self,
        amount: &Amount,
        gradient: &Gradient,
        effects: &[Effect],
    ) -> Result<Changes, ScenarioError> {
        let spread = self.model.uncertainty().spread(amount.change, gradient, effects)?;
        Ok(Changes::new(amount, &spread))
    }

    fn sites_of(
        &self,
        changes: &[Changed],
        outcome: &Outcome,
        gradients: &Gradients,
    ) -> Result<Vec<SiteAnswer>, ScenarioError> {
        let by_id: BTreeMap<&str, &QuantityGradients> = gradients
            .sites
            .iter()
            .map(|site| (site.id.as_str(), &site.amount))
            .collect();
        let mut sites = Vec::with_capacity(outcome.sites.len());
        for site in &outcome.sites {
            let Some(gradient) = by_id.get(site.id.as_str()) else {
                continue;
            };
            let changed = changes.iter().find(|changed| changed.id == site.id);
            let known = self.sites.iter().find(|known| known.id == site.id);
            let place = changed
                .map(|changed| changed.place)
                .or(known.map(|known| known.place))
                .unwrap_or(self.cells[0].centre);
            let distances = changes.iter().map(|changed| changed.place.distance_km(place));
            sites.push(SiteAnswer {
                name: changed.map_or_else(|| self.store_name(&site.id).to_owned(), |changed| changed.name.clone()),
                id: site.id.clone(),
                competitor: site.kind == Kind::Competitor,
                changed: changed.map_or("none", |changed| changed.kind),
                latitude: place.lat(),
                longitude: place.lng(),
                sales_area_m2: match changed {
                    Some(changed) => changed.sales_area_m2,
                    None => known.and_then(|known| known.column("sales_area_m2")),
                },
                distance_km: distances.min_by(f64::total_cmp),
                observed: self.observed.get(&site.id).copied(),
                amount: self.spread(&site.amount, &gradient.change, &gradients.effects)?,
            });
        }
        Ok(sites)
    }

    fn totals(
        &self,
        outcome: &Outcome,
        gradients: &Gradients,
        sites: &[SiteAnswer],
    ) -> Result<Vec<Total>, ScenarioError> {
        let mut totals = Vec::new();
        for (name, amount, gradient) in [
            ("stores", &outcome.own, &gradients.own),
            ("competitors", &outcome.competitors, &gradients.competitors),
            ("outside", &outcome.outside, &gradients.outside),
        ] {
            let amount = self.spread(amount, &gradient.change, &gradients.effects)?;
            totals.push(Total { name, amount });
        }
        for name in ["opened", "closed", "others"] {
            let mut amount = Amount::default();
            let mut gradient = Gradient {
                parameters: vec![0.0; self.network.parameters()],
                effects: vec![0.0; gradients.effects.len()],
            };
            for (site, part) in sites.iter().zip(&gradients.sites) {
                if site.competitor || site.group() != name {
                    continue;
                }
                amount.before += site.amount.before;
                amount.after += site.amount.after;
                amount.change += site.amount.change;
                gradient += &part.amount.change;
            }
            let amount = self.spread(&amount, &gradient, &gradients.effects)?;
            totals.push(Total { name, amount });
        }
        Ok(totals)
    }

    fn transfers(&self, changes: &[Changed], outcome: &Outcome) -> Vec<Transfer> {
        let party = |party: Party| match party {
            Party::Outside => ("outside".to_owned(), "outside".to_owned()),
            Party::Site(place) => {
                let id = outcome.sites[place].id.clone();
                let changed = changes.iter().find(|changed| changed.id == id);
                let name = changed.map_or_else(|| self.store_name(&id).to_owned(), |changed| changed.name.clone());
                (id, name)
            }
        };
        outcome
            .transfers
            .iter()
            .map(|transfer| Transfer {
                from: party(transfer.from),
                to: party(transfer.to),
                amount: transfer.amount,
            })
            .collect()
    }

    /// The cells concerned, at the resolution that pages draw.
    fn drawn_cells(&self, outcome: &Outcome) -> Vec<CellAnswer> {
        let mut cells: Vec<CellAnswer> = Vec::new();
        for part in &outcome.cells {
            let cell = &self.cells[part.cell as usize];
            let Some(parent) = cell.index.parent(DRAWN).map(u64::from) else {
                continue;
            };
            // Children of one cell follow each other.
            match cells.last_mut().filter(|last| last.cell == parent) {
                Some(last) => {
                    last.residents += cell.residents;
                    last.before += part.before;
                    last.after += part.after;
                }
                None => cells.push(CellAnswer {
                    cell: parent,
                    residents: cell.residents,
                    before: part.before,
                    after: part.after,
                }),
            }
        }
        cells
    }

    /// From before to after: closings and what neighbours keep of them, then openings and what they take, then the web shop.
    fn steps(&self, changes: &[Changed], outcome: &Outcome, closed: &Outcome, money: &Money) -> Vec<Step> {
        /// More closings than this are one step.
        const MOST_NAMED: usize = 3;
        let mut steps = Steps::default();
        let touched = outcome.sites.iter().filter(|site| site.kind == Kind::Own);
        let before: f64 = touched.clone().map(|site| site.amount.before).sum();
        let present = touched.clone().filter(|site| site.role != Role::Opened).count();
        steps.total("before", before, present);
        let closings: Vec<_> = closed.sites.iter().filter(|site| site.role == Role::Closed).collect();
        if closings.len() > MOST_NAMED {
            let amount = closings.iter().map(|site| site.amount.change).sum();
            steps.add("close", String::new(), closings.len(), amount);
        } else {
            for site in &closings {
                steps.add("close", self.store_name(&site.id).to_owned(), 1, site.amount.change);
            }
        }
        let freed: f64 = closings.iter().map(|site| site.amount.change).sum();
        if !closings.is_empty() {
            steps.add("kept", String::new(), closings.len(), closed.own.change - freed);
        }
        let mut won = 0.0;
        for changed in changes
            .iter()
            .filter(|changed| matches!(changed.kind, "open" | "move" | "resize"))
        {
            let of = |outcome: &Outcome| {
                outcome
                    .sites
                    .iter()
                    .find(|site| site.id == changed.id)
                    .map(|site| site.amount.change)
            };
            let amount = of(outcome).unwrap_or(0.0) - of(closed).unwrap_or(0.0);
            won += amount;
            steps.add(changed.kind, changed.name.clone(), 1, amount);
        }
        let taken = outcome.own.change - closed.own.change - won;
        if taken != 0.0 && changes.iter().any(|changed| changed.kind != "close") {
            let rivals = changes
                .iter()
                .all(|changed| matches!(changed.kind, "close" | "competitor"));
            steps.add(if rivals { "rivals" } else { "taken" }, String::new(), 0, taken);
        }
        if money.web.change != 0.0 {
            steps.add("web", String::new(), 0, money.web.change);
        }
        let left = touched.filter(|site| site.role != Role::Closed).count();
        let after = steps.at;
        steps.total("after", after, left);
        steps.done
    }
}

/// Steps one after the other.
#[derive(Default)]
struct Steps {
    done: Vec<Step>,
    at: f64,
}

impl Steps {
    fn total(&mut self, kind: &'static str, amount: f64, stores: usize) {
        self.at = amount;
        self.done.push(Step {
            kind,
            name: String::new(),
            stores,
            amount,
            from: 0.0,
            to: amount,
        });
    }

    fn add(&mut self, kind: &'static str, name: String, stores: usize, amount: f64) {
        let from = self.at;
        self.at += amount;
        self.done.push(Step {
            kind,
            name,
            stores,
            amount,
            from,
            to: self.at,
        });
    }
}

impl Answer {
    /// The value of an assumption, by its name, and where it is from: data, user or default.
    pub fn assumption(&self, name: &str) -> Option<(f64, &'static str)> {
        let found = self.assumed.iter().find(|assumed| assumed.name == name)?;
        Some((found.value?, found.source))
    }
}
