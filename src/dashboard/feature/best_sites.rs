//! The best sites together, chosen on request: `/network/white-space?sites=5&closings=2&site_cost=800000&budget=3000000`.
//!
//! The page names a query of candidates and one of stores that may close; those that pass the filters are handed to the planner of the lake
//! version, and its choice stands in the session of the request as the table `best_sites`.

use super::scenario::{Fault, planner};
use super::{Asked, Feature, FeatureError, Role, Supposed};
use crate::view::View;
use async_trait::async_trait;
use chalandise_model::{ClosableStore, PlannerFault, SiteCandidate, SitesWanted};
use chalandise_serving::{Data, Table, Tables, Version};

/// The query of places.
const CANDIDATES: Role = (
    "candidates",
    &["h3_cell", "latitude", "longitude", "commune_code", "sales_area_m2"],
);
/// The query of stores that may close.
const CLOSABLE: Role = ("closable", &["store_id", "annual_fixed_cost"]);
/// What the log calls it.
const WHAT: &str = "the choice of sites";

/// The feature.
#[derive(Debug)]
pub struct BestSites;

#[async_trait]
impl Feature for BestSites {
    fn name(&self) -> &'static str {
        "best_sites"
    }

    fn queries(&self) -> &'static [Role] {
        &[CANDIDATES, CLOSABLE]
    }

    /// The data with the sites that the address asks for; as it is when it asks for none, or the lake lacks the tables.
    async fn suppose(&self, view: &View<'_>, asked: &Asked<'_>) -> Result<Supposed, FeatureError> {
        let unchanged = Supposed {
            data: view.data.clone(),
            pairs: Vec::new(),
        };
        let count = whole(view, "sites");
        let (Some(query), Some(count)) = (named(view, CANDIDATES), count) else {
            return Ok(unchanged);
        };
        if !view.data.missing(&view.page.needs).is_empty() {
            return Ok(unchanged);
        }
        let parameters = view.parameters();
        let supposed: Vec<String> = parameters
            .iter()
            .map(|(name, value)| format!("{name}={value}"))
            .collect();
        let supposed = supposed.join("&");
        let choosing = choose(asked.version, view, view.data, query, count);
        let chosen = asked.version.computed(&format!("{query}?{supposed}"), choosing).await?;
        if chosen.0.is_empty() {
            return Ok(unchanged);
        }
        Ok(Supposed {
            data: view.data.supposing(supposed, &chosen.0)?,
            ..unchanged
        })
    }
}

/// The query that the page names for a role.
fn named<'a>(view: &View<'a>, (key, _): Role) -> Option<&'a str> {
    let feature = view.page.feature.as_ref()?;
    feature.queries.get(key).map(String::as_str)
}

async fn choose(
    version: &Version,
    view: &View<'_>,
    data: &Data,
    query: &str,
    count: usize,
) -> Result<Tables, FeatureError> {
    let rows = data.rows(query, &view.parameters()).await?;
    let Some(sales_area_m2) = rows.cell(0, "sales_area_m2").as_f64() else {
        return Ok(Tables(Vec::new()));
    };
    let candidates = candidates(&rows);
    let wanted = SitesWanted {
        count,
        sales_area_m2,
        closable: closable(view, data).await?,
        most_closings: whole(view, "closings").unwrap_or(0),
        budget: amount(view, "site_cost").zip(amount(view, "budget")),
    };
    let planner = planner(version).await?.map_err(refused)?;
    let choice = tokio::task::spawn_blocking(move || planner.best_sites(&candidates, &wanted))
        .await
        .map_err(|error| FeatureError::failed(WHAT, &error))?
        .map_err(refused)?;
    Ok(Tables(
        choice.tables().map_err(|error| FeatureError::failed(WHAT, &error))?,
    ))
}

fn whole(view: &View<'_>, filter: &str) -> Option<usize> {
    view.filters.get(filter)?.parse().ok()
}

fn amount(view: &View<'_>, filter: &str) -> Option<f64> {
    view.filters.get(filter)?.parse().ok()
}

/// The stores that may close; none when the address allows no closing.
async fn closable(view: &View<'_>, data: &Data) -> Result<Vec<ClosableStore>, FeatureError> {
    let asked = whole(view, "closings").unwrap_or(0) > 0;
    let Some(query) = named(view, CLOSABLE).filter(|_| asked) else {
        return Ok(Vec::new());
    };
    let rows = data.rows(query, &view.parameters()).await?;
    let one = |row: usize| {
        Some(ClosableStore {
            store_id: rows.cell(row, "store_id").as_text()?.to_owned(),
            annual_fixed_cost: rows.cell(row, "annual_fixed_cost").as_f64()?,
        })
    };
    Ok((0..rows.len()).filter_map(one).collect())
}

fn candidates(rows: &Table) -> Vec<SiteCandidate> {
    let one = |row: usize| {
        Some(SiteCandidate {
            h3_cell: rows.cell(row, "h3_cell").as_i64()?,
            latitude: rows.cell(row, "latitude").as_f64()?,
            longitude: rows.cell(row, "longitude").as_f64()?,
            commune_code: rows.cell(row, "commune_code").as_text().map(str::to_owned),
        })
    };
    (0..rows.len()).filter_map(one).collect()
}

fn refused(fault: PlannerFault) -> FeatureError {
    FeatureError::Plan(vec![Fault::Planner(fault)])
}
