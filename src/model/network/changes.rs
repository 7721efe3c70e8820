//! Stores that opened in the data: what the model says of them without their sales, against what they sold; and what openings and
//! closings did to the web shop round them.
//!
//! A store's forecast is made on the network of its first day: the stores of today, less those that came later, and those that have gone
//! since. It is the revenue of a year once the store is settled. What it takes from others, and what it adds, comes with it.

use chalandise_analytics::numeric::special::{Z_80, Z_95};
use std::collections::{BTreeMap, HashMap};

use chalandise_analytics::network::scenario::{
    BaseGradients, Change, Distances, Effect, Gradient, Interval, Kind, Network, Outcome, ScenarioError, Spread,
};
use chrono::{Datelike, Days, Months, NaiveDate};
use h3o::Resolution;

use super::columns::Attraction;
use super::in_use::InUse;
use super::read::Input;

/// Days of sales below which an opening says nothing.
const FEWEST_DAYS: i64 = 28;
/// Days of a year.
const YEAR_DAYS: f64 = 365.25;
/// Whole months after a change, and the same ones before it, from which on its effect on the web shop is told.
const FEWEST_MONTHS: u32 = 6;
/// Changes that the web effect is estimated from.
const FEWEST_CHANGES: usize = 8;
/// Largest standard error of a web effect that is used.
const LARGEST_ERROR: f64 = 0.25;

/// An opening, forecast and observed.
#[derive(Clone, Debug)]
pub(super) struct Opening {
    /// Place among the sites.
    pub(super) site: usize,
    pub(super) opened_on: NaiveDate,
    pub(super) predicted: f64,
    pub(super) interval_80: Interval,
    pub(super) interval_95: Interval,
    pub(super) gain: f64,
    pub(super) gain_80: Interval,
    /// As a year's.
    pub(super) first_year: f64,
    pub(super) observed_days: i64,
    pub(super) latest_year: Option<f64>,
}

/// What changes of one kind did to the web shop: `opening` and `closing` for each unit of money that stores win or lose round them, `kept`
/// for each that closed stores sold.
#[derive(Clone, Copy, Debug)]
pub(super) struct WebEffect {
    pub(super) kind: &'static str,
    pub(super) changes: usize,
    pub(super) effect: Option<f64>,
    pub(super) standard_error: Option<f64>,
    pub(super) estimated: bool,
}

/// Sales of the web shop by month and cell of resolution 7.
pub(super) type Web = BTreeMap<NaiveDate, HashMap<u64, f64>>;

/// Sales by store and day, in the order of days.
pub(super) type Daily = HashMap<String, Vec<(NaiveDate, f64)>>;

/// The network of today, ready for questions about other days.
pub(super) struct Past<'a> {
    pub(super) input: &'a Input,
    pub(super) model: &'a InUse,
    pub(super) attraction: &'a Attraction,
    pub(super) network: &'a Network,
    pub(super) base: &'a BaseGradients,
    pub(super) distances: &'a (dyn Fn(usize) -> Distances + Sync),
}

/// A site's being there, on the network of a day.
struct Presence {
    /// The network of the day with the site, which comes last, over that of today.
    changes: Vec<Change>,
    without: Outcome,
    with: Outcome,
    /// Of the site's sales, and of what the network gains.
    sales: Gradient,
    gain: Gradient,
    effects: Vec<Effect>,
}

const PREDICTED: &str = "predicted";

impl Past<'_> {
    /// What a site adds to the network of a day. `known`: with what it is known to attract; else as a store that nobody has seen sell.
    fn presence(&self, site: usize, day: NaiveDate, known: bool) -> Result<Presence, ScenarioError> {
        let sites = &self.input.sites;
        let mut without = Vec::new();
        for (number, other) in sites.iter().enumerate() {
            let wanted = number != site && other.is_open(day);
            match (self.network.number_of(&other.id).is_some(), wanted) {
                (true, false) => without.push(Change::Close { id: other.id.clone() }),
                (false, true) => {
                    let logs = self.attraction.logs(other);
                    without.push(Change::Open(self.model.outlet(other, &logs, (self.distances)(number))));
                }
                _ => {}
            }
        }
        let logs = self.attraction.logs(&sites[site]);
        let mut outlet = self.model.outlet(&sites[site], &logs, (self.distances)(site));
        outlet.id = PREDICTED.to_owned();
        if !known {
            outlet.attraction = self.model.attraction(&logs, 0.0);
        }
        let mut with = without.clone();
        with.push(Change::Open(outlet));
        let (without, before) = self.network.evaluate_with_gradients(self.base, &without)?;
        let changes = with;
        let (with, after) = self.network.evaluate_with_gradients(self.base, &changes)?;
        let sales = after
            .sites
            .iter()
            .find(|site| site.id == PREDICTED)
            .map(|site| site.amount.after.clone())
            .unwrap_or_default();
        let mut gain = after.own.after.clone();
        for (value, less) in gain.parameters.iter_mut().zip(&before.own.after.parameters) {
            *value -= less;
        }
        for (value, effect) in gain.effects.iter_mut().zip(&after.effects) {
            let same = before.effects.iter().position(|other| other.site == effect.site);
            *value -= same.map_or(0.0, |place| before.own.after.effects[place]);
        }
        Ok(Presence {
            changes,
            without,
            with,
            sales,
            gain,
            effects: after.effects,
        })
    }

    /// The openings of the data, in their order.
    ///
    /// # Errors
    /// [`ScenarioError`] when the model's numbers make no network.
    pub(super) fn openings(&self, daily: &Daily) -> Result<Vec<Opening>, ScenarioError> {
        let mut openings = Vec::new();
        for (number, site) in self.input.sites.iter().enumerate() {
            let Some(opened_on) = site
                .opened_on
                .filter(|day| *day > self.input.first_on && !site.competitor)
            else {
                continue;
            };
            let last = site
                .closed_on
                .map_or(self.input.to_on, |closed| closed.min(self.input.to_on));
            let observed_days = ((last - opened_on).num_days() + 1).min(365);
            if observed_days < FEWEST_DAYS {
                continue;
            }
            let presence = self.presence(number, opened_on, false)?;
            let amount = |outcome: &Outcome| {
                outcome
                    .sites
                    .iter()
                    .find(|site| site.id == PREDICTED)
                    .map(|site| site.amount.after)
            };
            let predicted = amount(&presence.with).unwrap_or(0.0);
            let gain = presence.with.own.after - presence.without.own.after;
            let uncertainty = self.model.uncertainty();
            let sales = uncertainty.spread(predicted, &presence.sales, &presence.effects)?;
            let gained = uncertainty.spread(gain, &presence.gain, &presence.effects)?;
            let sold = |from: NaiveDate, to: NaiveDate| -> f64 {
                let days = daily.get(&site.id).map_or(&[][..], Vec::as_slice);
                days.iter()
                    .filter(|(day, _)| *day >= from && *day <= to)
                    .map(|(_, sold)| sold)
                    .sum()
            };
            let first_to = opened_on + Days::new(observed_days.unsigned_abs() - 1);
            let year_from = (self.input.to_on + Days::new(1))
                .checked_sub_months(Months::new(12))
                .unwrap_or(NaiveDate::MIN);
            openings.push(Opening {
                site: number,
                opened_on,
                predicted,
                interval_80: on_logarithms(predicted, &sales, Z_80),
                interval_95: on_logarithms(predicted, &sales, Z_95),
                gain,
                gain_80: gained.interval_80,
                first_year: sold(opened_on, first_to) * YEAR_DAYS / observed_days as f64,
                observed_days,
                latest_year: (opened_on <= year_from && site.closed_on.is_none())
                    .then(|| sold(year_from, self.input.to_on)),
            });
        }
        openings.sort_by_key(|opening| (opening.opened_on, opening.site));
        Ok(openings)
    }

    /// What openings and closings did to web sales, `web` by month and cell (resolution 7).
    ///
    /// In the cells round a change, the months after it are held against the same months of the year before, grown like the web shop
    /// elsewhere. What is left is regressed, through the origin, on what the model says that stores win (lose) there; standard errors from
    /// change to change. `kept` takes what the openings' effect explains of the closings from it, and regresses the rest on what the model
    /// says that the closed store would sell there.
    ///
    /// # Errors
    /// [`ScenarioError`] when the model's numbers make no network.
    pub(super) fn web_effects(&self, web: &Web) -> Result<Vec<WebEffect>, ScenarioError> {
        let sites = self.input.sites.iter().enumerate();
        let own = sites.filter(|(_, site)| !site.competitor);
        let (mut openings, mut closings) = (Vec::new(), Vec::new());
        for (number, site) in own {
            let opened = site
                .opened_on
                .and_then(|on| self.around(number, on, on, web).transpose());
            openings.extend(opened.transpose()?);
            let closed = site
                .closed_on
                .and_then(|on| self.around(number, on, on + Days::new(1), web).transpose());
            closings.extend(closed.transpose()?);
        }
        let round = |changes: &[Around], sign: f64| -> Vec<(f64, f64)> {
            let won = |around: &Around| against(&scaled(&around.won, sign), None, around, web);
            changes.iter().map(won).collect()
        };
        let opening = WebEffect::of("opening", &round(&openings, 1.0), 0.0);
        let closing = WebEffect::of("closing", &round(&closings, -1.0), 0.0);
        let known = opening.effect.zip(opening.standard_error).filter(|_| opening.estimated);
        let (effect, error) = known.unwrap_or_default();
        let (mut kept, mut shared) = (Vec::new(), 0.0);
        for around in &closings {
            let explained = scaled(&around.won, -effect);
            kept.push(against(&around.sold, Some(&explained), around, web));
            shared += in_order(&around.sold)
                .map(|(cell, sold)| sold * around.won.get(&cell).copied().unwrap_or(0.0))
                .sum::<f64>();
        }
        Ok(vec![opening, closing, WebEffect::of("kept", &kept, error * shared)])
    }

    /// What a site is round itself, the months that tell of its opening or closing, and nothing when these are too few. `day`: a day on which
    /// it is there; `on`: the first on which the change is felt.
    fn around(&self, site: usize, day: NaiveDate, on: NaiveDate, web: &Web) -> Result<Option<Around>, ScenarioError> {
        let Some(after) = months_after(on, self.input, web) else {
            return Ok(None);
        };
        let presence = self.presence(site, day, true)?;
        // A rival on the same spot takes what the site takes, and what it sells is not ours: the rest is what the site sells.
        let mut rival = presence.changes.clone();
        if let Some(Change::Open(outlet)) = rival.last_mut() {
            outlet.kind = Kind::Competitor;
        }
        let rival = self.network.evaluate(&rival)?;
        Ok(Some(Around {
            won: self.by_cell(&presence.with, &presence.without),
            sold: self.by_cell(&presence.with, &rival),
            after,
        }))
    }

    /// What stores sell a year more in each cell of resolution 7 by one outcome than by another.
    fn by_cell(&self, with: &Outcome, without: &Outcome) -> ByCell {
        let parent = |cell: u32| {
            self.input.cells[cell as usize]
                .index
                .parent(Resolution::Seven)
                .map(u64::from)
        };
        let mut won = ByCell::new();
        // Both are laid over the network of today: their difference is what the site does.
        for (outcome, weight) in [(with, 1.0), (without, -1.0)] {
            for part in &outcome.cells {
                if let Some(cell) = parent(part.cell) {
                    *won.entry(cell).or_default() += weight * (part.after - part.before);
                }
            }
        }
        won
    }
}

impl WebEffect {
    /// A regression through the origin from the sums of products and of squares of each change; `carried` is what the error of a term that
    /// was taken off before adds to the sum of products.
    fn of(kind: &'static str, sums: &[(f64, f64)], carried: f64) -> WebEffect {
        let all: f64 = sums.iter().map(|(_, square)| square).sum();
        let changes = sums.len();
        if changes < 2 || all <= 0.0 {
            return WebEffect {
                kind,
                changes,
                effect: None,
                standard_error: None,
                estimated: false,
            };
        }
        let effect = sums.iter().map(|(product, _)| product).sum::<f64>() / all;
        let residuals: f64 = sums.iter().map(|(xy, xx)| (xy - effect * xx).powi(2)).sum();
        let count = changes as f64;
        let standard_error = (residuals * count / (count - 1.0) + carried.powi(2)).sqrt() / all;
        WebEffect {
            kind,
            changes,
            effect: Some(effect),
            standard_error: Some(standard_error),
            estimated: changes >= FEWEST_CHANGES && standard_error <= LARGEST_ERROR,
        }
    }
}

/// Amounts a year by cell of resolution 7.
type ByCell = HashMap<u64, f64>;

/// What a site is to the cells round it, and the months that tell of its opening or closing.
struct Around {
    /// What the network wins by it.
    won: ByCell,
    /// What it sells.
    sold: ByCell,
    after: Vec<NaiveDate>,
}

/// Sums in a fixed order.
fn in_order(amounts: &ByCell) -> impl Iterator<Item = (u64, f64)> {
    let mut cells: Vec<(u64, f64)> = amounts.iter().map(|(cell, amount)| (*cell, *amount)).collect();
    cells.sort_unstable_by_key(|(cell, _)| *cell);
    cells.into_iter()
}

fn scaled(amounts: &ByCell, factor: f64) -> ByCell {
    amounts.iter().map(|(cell, amount)| (*cell, factor * amount)).collect()
}

/// An interval of an amount above 0, taken on its logarithm.
fn on_logarithms(estimate: f64, spread: &Spread, z: f64) -> Interval {
    let relative = if estimate > 0.0 {
        spread.standard_error / estimate
    } else {
        0.0
    };
    Interval {
        low: estimate * (-z * relative).exp(),
        high: estimate * (z * relative).exp(),
    }
}

/// The whole months after a change, at most twelve, whose like a year before are in the data; none when they are too few.
fn months_after(on: NaiveDate, input: &Input, web: &Web) -> Option<Vec<NaiveDate>> {
    let first = (on.with_day(1)? + Months::new(1)).max(on.with_day(1)?);
    let year = Months::new(12);
    let last = (input.to_on + Days::new(1)).with_day(1)?;
    let months: Vec<NaiveDate> = (0..12)
        .map(|number| first + Months::new(number))
        .filter(|month| *month < last)
        .filter(|month| {
            month
                .checked_sub_months(year)
                .is_some_and(|before| before < on && web.contains_key(&before) && before > input.first_on)
        })
        .collect();
    (months.len() >= FEWEST_MONTHS as usize).then_some(months)
}

/// Sum of products and of squares: `amounts` of a cell, and what the web shop won there beyond its growth elsewhere, less what is
/// `explained` already; all a year.
fn against(amounts: &ByCell, explained: Option<&ByCell>, around: &Around, web: &Web) -> (f64, f64) {
    let after = &around.after;
    let year = Months::new(12);
    let sums = |cell: u64| -> (f64, f64) {
        let of = |month: NaiveDate| {
            web.get(&month)
                .and_then(|cells| cells.get(&cell))
                .copied()
                .unwrap_or(0.0)
        };
        let then = after.iter().filter_map(|month| month.checked_sub_months(year));
        (after.iter().map(|month| of(*month)).sum(), then.map(of).sum())
    };
    let total = |months: &mut dyn Iterator<Item = NaiveDate>| -> f64 {
        let mut sum = 0.0;
        for month in months {
            let Some(cells) = web.get(&month) else { continue };
            let others = in_order(cells).filter(|(cell, _)| !around.won.contains_key(cell));
            sum += others.map(|(_, sold)| sold).sum::<f64>();
        }
        sum
    };
    let now = total(&mut after.iter().copied());
    let then = total(&mut after.iter().filter_map(|month| month.checked_sub_months(year)));
    let growth = if then > 0.0 { now / then } else { 1.0 };
    let a_year = 12.0 / after.len() as f64;
    in_order(amounts).fold((0.0, 0.0), |(product, square), (cell, amount)| {
        let (after, before) = sums(cell);
        let known = explained.and_then(|known| known.get(&cell)).copied().unwrap_or(0.0);
        let won = (after - growth * before) * a_year - known;
        (product + amount * won, square + amount * amount)
    })
}
