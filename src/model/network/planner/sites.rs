//! The best sites together: several standard stores, chosen so that they take least from each other and from the network.

use arrow::array::RecordBatch;
use chalandise_analytics::numeric::side_by_side;
use chalandise_analytics::scenario::Place;
use chalandise_analytics::site_search::{Search, Selection};
use h3o::LatLng;

use crate::model::ModelError;
use crate::model::store::Columns;

use super::tables::conformed;
use super::{Planner, PlannerFault};

/// Candidates that a thread measures at a time.
const TOGETHER: usize = 16;

/// The table with the choice.
const TABLE: &str = "best_sites";

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

/// A choice, the best site first.
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
    /// What the network gains by it after those before it, and by all so far; money a year.
    gain: f64,
    total: f64,
}

impl Planner {
    /// Chooses the `count` sites for a store of an area (m2) by which the network gains most together, every present store open.
    ///
    /// # Errors
    /// [`PlannerFault::Search`] when a candidate is no place.
    pub fn best_sites(
        &self,
        candidates: &[SiteCandidate],
        sales_area_m2: f64,
        count: usize,
    ) -> Result<BestSites, PlannerFault> {
        let places: Vec<Place> = candidates
            .iter()
            .map(|candidate| Place {
                latitude: candidate.latitude,
                longitude: candidate.longitude,
            })
            .collect();
        let (attraction, _) = self.attraction_of(&self.new_site(0, 0.0, 0.0, sales_area_m2, false));
        let lists = self.lists(candidates);
        let listed = |wanted: &[usize]| wanted.iter().map(|candidate| lists[*candidate].clone()).collect();
        let mut search = Search::new(&self.network, &places, attraction)?;
        if self.meter.is_listed() {
            search = search.with_lists(&listed);
        }
        let ranking = search.rank(&[], |_, _| {})?;
        let eligible: Vec<usize> = (0..candidates.len()).collect();
        let chosen = search.choose(&ranking, &eligible, &Selection::of(count), |_, _| {})?;
        let mut total = 0.0;
        let rows = (1..).zip(&chosen.sites).map(|(step, site)| {
            total += site.gain;
            Row {
                step,
                site: candidates[site.candidate].clone(),
                gain: site.gain,
                total,
            }
        });
        Ok(BestSites {
            rows: rows.collect(),
            candidates: candidates.len(),
            sales_area_m2,
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
}

impl BestSites {
    /// The choice as the table `best_sites` of the contract.
    ///
    /// # Errors
    /// [`ModelError`] when rows make no table.
    pub fn tables(&self) -> Result<Vec<(String, RecordBatch)>, ModelError> {
        let batch = Columns::of(&self.rows)
            .count("step", |row| Some(row.step))
            .count("h3_cell", |row| Some(row.site.h3_cell))
            .number("latitude", |row| Some(row.site.latitude))
            .number("longitude", |row| Some(row.site.longitude))
            .text("commune_code", |row| row.site.commune_code.as_deref())
            .number("sales_area_m2", |_| Some(self.sales_area_m2))
            .number("gain", |row| Some(row.gain))
            .number("total", |row| Some(row.total))
            .number("guarantee", |_| Some(self.guarantee))
            .count("candidates", |_| i64::try_from(self.candidates).ok())
            .batch(TABLE)?;
        Ok(vec![(TABLE.to_owned(), conformed(TABLE, &batch)?)])
    }
}
