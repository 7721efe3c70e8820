//! The best sites together: several standard stores, chosen so that they take least from each other and from the network, and perhaps
//! present stores that close for them.
//!
//! Without closings the choice is the one by which the network's revenue gains most. With them money that is saved weighs against revenue
//! that is lost, so the choice is by margin: gross margin of the revenue gained, less the fixed cost of what opens, plus that of what
//! closes. What each step does to the revenue of all stores is computed once more as a scenario, which gives its interval.

use arrow::array::RecordBatch;
use chalandise_analytics::network::scenario::Place;
use chalandise_analytics::network::site_search::{Chosen, Closable, Search, Selection};
use chalandise_analytics::numeric::side_by_side;
use chalandise_analytics::numeric::special::Z_80;
use h3o::LatLng;

use crate::ModelError;
use crate::store::Columns;
use chalandise_notebook::scenario::{Assumptions, Change, Plan};

use super::tables::conformed;
use super::{Planner, PlannerFault};

/// Candidates that a thread measures at a time.
const TOGETHER: usize = 16;

/// The table with the choice.
const TABLE: &str = "best_sites";
/// With closings every store that may close is tried with every place: so many stores, and so many places beyond those that are chosen when
/// nothing closes, answer within a request.
const MOST_CLOSABLE: usize = 10;
const MORE_PLACES: usize = 5;

/// A place that may be chosen: the middle of a cell.
#[derive(Clone, Debug, PartialEq)]
pub struct SiteCandidate {
    /// Its H3 cell.
    pub h3_cell: i64,
    /// Degrees north.
    pub latitude: f64,
    /// Degrees east.
    pub longitude: f64,
    /// INSEE code of its commune, where it is known.
    pub commune_code: Option<String>,
}

/// A store that may close.
#[derive(Clone, Debug, PartialEq)]
pub struct ClosableStore {
    /// Its id.
    pub store_id: String,
    /// What is saved when it closes, a year.
    pub annual_fixed_cost: f64,
}

/// What is to be chosen.
#[derive(Clone, Debug, PartialEq)]
pub struct SitesWanted {
    /// The most sites that open.
    pub count: usize,
    /// Sales area of each, in m2.
    pub sales_area_m2: f64,
    /// The stores that may close, those that would be missed least first; all others stay open.
    pub closable: Vec<ClosableStore>,
    /// The most of them that close.
    pub most_closings: usize,
    /// What one opening costs once, and what all of them may cost together.
    pub budget: Option<(f64, f64)>,
}

impl SitesWanted {
    /// The most sites that may open. Each costs the same, so a budget bounds their number.
    fn openings(&self) -> usize {
        match self.budget {
            Some((each, most)) if each > 0.0 => (1..=self.count)
                .take_while(|number| *number as f64 * each <= most)
                .count(),
            _ => self.count,
        }
    }
}

/// A choice: the openings, the best first, then the closings.
#[derive(Clone, Debug, PartialEq)]
pub struct BestSites {
    rows: Vec<Row>,
    candidates: usize,
    sales_area_m2: f64,
    guarantee: f64,
}

#[derive(Clone, Debug, PartialEq)]
struct Row {
    step: i64,
    site: SiteCandidate,
    /// The store that closes; none for an opening.
    closed: Option<String>,
    /// What the network gains by it after those before it, and by all so far; money a year.
    gain: f64,
    total: f64,
    /// 80 % interval of the total; none when the scenario cannot be computed.
    total_80: Option<(f64, f64)>,
    /// Margin after fixed cost that it adds after those before it, and all so far; none when the data do not say rates or costs.
    value: Option<(f64, f64)>,
}

impl Planner {
    /// Chooses the sites, and the closings, by which the network gains most together. With closings only those candidates
    /// are tried that are chosen when nothing closes and five more places are asked for, and only the first ten stores.
    ///
    /// # Errors
    /// [`PlannerFault::NoMargin`] when closings are asked for and the data do not say margins and costs, [`PlannerFault::Search`] when a
    /// candidate is no place or a number is out of its range.
    pub fn best_sites(&self, candidates: &[SiteCandidate], wanted: &SitesWanted) -> Result<BestSites, PlannerFault> {
        let places: Vec<Place> = candidates
            .iter()
            .map(|candidate| Place {
                latitude: candidate.latitude,
                longitude: candidate.longitude,
            })
            .collect();
        let (attraction, _) = self.attraction_of(&self.new_site(0, 0.0, 0.0, wanted.sales_area_m2, false));
        let lists = self.lists(candidates);
        let listed = |wanted: &[usize]| wanted.iter().map(|candidate| lists[*candidate].clone()).collect();
        let mut search = Search::new(&self.network, &places, attraction)?;
        if self.meter.is_listed() {
            search = search.with_lists(&listed);
        }
        let ranking = search.rank(&[], |_, _| {})?;
        let mut eligible: Vec<usize> = (0..candidates.len()).collect();
        let selection = self.selection(candidates.len(), wanted)?;
        if wanted.most_closings > 0 {
            let more = Selection::of(selection.count + MORE_PLACES);
            let chosen = search.choose(&ranking, &eligible, &more, |_, _| {})?;
            eligible = chosen.sites.iter().map(|site| site.candidate).collect();
        }
        let chosen = search.choose(&ranking, &eligible, &selection, |_, _| {})?;
        Ok(BestSites {
            rows: self.steps_of(&chosen, candidates, wanted),
            candidates: eligible.len(),
            sales_area_m2: wanted.sales_area_m2,
            guarantee: chosen.guarantee,
        })
    }

    /// The cells that each candidate reaches, where they are listed: asked for again and again, so measured once.
    fn lists(&self, candidates: &[SiteCandidate]) -> Vec<Vec<(u32, f64)>> {
        let places: Vec<LatLng> = candidates
            .iter()
            .map(|it| LatLng::new(it.latitude, it.longitude).unwrap_or(self.cells[0].centre))
            .collect();
        let parts = side_by_side(places.len().div_ceil(TOGETHER) as u64, |part| {
            self.meter
                .lists(places.chunks(TOGETHER).nth(part as usize).unwrap_or_default())
        });
        parts.into_iter().flatten().collect()
    }

    fn selection(&self, candidates: usize, wanted: &SitesWanted) -> Result<Selection, PlannerFault> {
        let mut selection = Selection::of(wanted.openings());
        if wanted.most_closings == 0 {
            return Ok(selection);
        }
        let missing = |missing| PlannerFault::NoMargin { missing };
        let rate = self.facts.margin_rate.filter(|rate| *rate > 0.0);
        selection.margin = rate.ok_or(missing("no store has a gross margin rate"))?;
        let cost = self
            .facts
            .fixed_cost_per_m2
            .ok_or(missing("no store has a fixed cost"))?;
        selection.yearly_costs = vec![cost * wanted.sales_area_m2; candidates];
        selection.most_closings = wanted.most_closings;
        let open = wanted
            .closable
            .iter()
            .filter(|store| self.network.number_of(&store.store_id).is_some());
        selection.closable = open
            .take(MOST_CLOSABLE)
            .map(|store| Closable {
                id: store.store_id.clone(),
                saving: store.annual_fixed_cost,
            })
            .collect();
        Ok(selection)
    }

    /// The choice step by step, each with the scenario of all steps so far.
    fn steps_of(&self, chosen: &Chosen, candidates: &[SiteCandidate], wanted: &SitesWanted) -> Vec<Row> {
        let facts = self.facts.margin_rate.zip(self.facts.fixed_cost_per_m2);
        let openings = chosen.sites.iter().map(|site| {
            let candidate = candidates[site.candidate].clone();
            let value = facts.map(|(rate, cost)| rate * site.gain - cost * wanted.sales_area_m2);
            (candidate, None, site.gain, value)
        });
        let closings = chosen.closings.iter().filter_map(|closing| {
            let site = self.sites.iter().find(|site| site.id == closing.id)?;
            let cell = site.place.to_cell(h3o::Resolution::Seven);
            let candidate = SiteCandidate {
                h3_cell: u64::from(cell).cast_signed(),
                latitude: site.place.lat(),
                longitude: site.place.lng(),
                commune_code: None,
            };
            Some((candidate, Some(closing.id.clone()), -closing.loss, Some(closing.value)))
        });
        let (mut total, mut worth, mut changes) = (0.0, Some(0.0), Vec::new());
        let steps = (1..)
            .zip(openings.chain(closings))
            .map(|(step, (site, closed, gain, value))| {
                total += gain;
                worth = worth.zip(value).map(|(worth, value)| worth + value);
                changes.push(change(step, &site, closed.as_deref(), wanted.sales_area_m2));
                Row {
                    step,
                    site,
                    closed,
                    gain,
                    total,
                    total_80: self.interval_of(&changes),
                    value: value.zip(worth),
                }
            });
        steps.collect()
    }

    /// The 80 % interval of what changes do to the revenue of all stores.
    fn interval_of(&self, changes: &[Change]) -> Option<(f64, f64)> {
        let plan = Plan::new(changes.to_vec(), Assumptions::default()).ok()?;
        let answer = self.evaluate(&plan).ok()?;
        let stores = answer.totals.iter().find(|total| total.name == "stores")?;
        Some((stores.amount.bound(-Z_80), stores.amount.bound(Z_80)))
    }
}

/// A step as a change of a scenario; sites are called by their place in the choice.
fn change(step: i64, site: &SiteCandidate, closed: Option<&str>, sales_area_m2: f64) -> Change {
    match closed {
        Some(store_id) => Change::Close {
            store_id: store_id.to_owned(),
        },
        None => Change::Open {
            name: step.to_string(),
            latitude: site.latitude,
            longitude: site.longitude,
            sales_area_m2,
            format: None,
            fixed_cost: None,
            investment: None,
        },
    }
}

impl BestSites {
    /// The choice as the table `best_sites` of the contract.
    ///
    /// # Errors
    /// [`ModelError`] when rows make no table.
    pub fn tables(&self) -> Result<Vec<(String, RecordBatch)>, ModelError> {
        let batch = Columns::of(&self.rows)
            .count("step", |row| Some(row.step))
            .text("kind", |row| Some(if row.closed.is_some() { "close" } else { "open" }))
            .text("store_id", |row| row.closed.as_deref())
            .count("h3_cell", |row| Some(row.site.h3_cell))
            .number("latitude", |row| Some(row.site.latitude))
            .number("longitude", |row| Some(row.site.longitude))
            .text("commune_code", |row| row.site.commune_code.as_deref())
            .number("sales_area_m2", |_| Some(self.sales_area_m2))
            .number("gain", |row| Some(row.gain))
            .number("total", |row| Some(row.total))
            .number("total_low_80", |row| Some(row.total_80?.0))
            .number("total_high_80", |row| Some(row.total_80?.1))
            .number("value", |row| Some(row.value?.0))
            .number("total_value", |row| Some(row.value?.1))
            .number("guarantee", |_| Some(self.guarantee))
            .count("candidates", |_| i64::try_from(self.candidates).ok())
            .batch(TABLE)?;
        Ok(vec![(TABLE.to_owned(), conformed(TABLE, &batch)?)])
    }
}
