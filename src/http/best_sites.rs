//! The best sites together, chosen on request: `/network/white-space?sites=5&closings=2&site_cost=800000&budget=3000000`.
//!
//! The page names a query of candidates and one of stores that may close; those that pass the filters are handed to the planner of the lake
//! version, and its choice stands in the session of the request as the table `best_sites`.

use super::error::HttpError;
use super::freshness::Current;
use super::scenario::Fault;
use arrow::array::RecordBatch;
use chalandise_dashboard::{Cache, Data, Filter, Table, View, Weigh};
use chalandise_model::{ClosableStore, PlannerFault, SiteCandidate, SitesWanted};

/// A choice as tables; none when the lake has no store to open.
#[derive(Debug)]
pub(super) struct Chosen(Vec<(String, RecordBatch)>);

/// The choices of a lake version: the page, its three figures and their exports in six forms ask for the same.
pub(super) type Choices = Cache<Chosen>;

/// Bytes of choices kept: some hundred of them.
const CHOICES_BYTES: usize = 4 << 20;

pub(super) fn choices() -> Choices {
    Cache::new(CHOICES_BYTES)
}

impl Weigh for Chosen {
    fn bytes(&self) -> usize {
        self.0.iter().map(|(_, batch)| batch.get_array_memory_size()).sum()
    }
}

/// The data with the sites that the address asks for; as it is when it asks for none, or the lake lacks the tables.
pub(super) async fn chosen(current: &Current, view: &View<'_>, data: &Data) -> Result<Data, HttpError> {
    let count = whole(view, Filter::Sites);
    let (Some(query), Some(count)) = (&view.page.candidates, count) else {
        return Ok(data.clone());
    };
    if !data.missing(&view.page.needs).is_empty() {
        return Ok(data.clone());
    }
    let parameters = view.parameters();
    let supposed: Vec<String> = parameters
        .iter()
        .map(|(name, value)| format!("{name}={value}"))
        .collect();
    let supposed = supposed.join("&");
    let choosing = choose(current, view, data, query, count);
    let chosen = current.choices.get(&format!("{query}?{supposed}"), choosing).await?;
    if chosen.0.is_empty() {
        return Ok(data.clone());
    }
    data.supposing(supposed, &chosen.0).map_err(|error| failed(&error))
}

async fn choose(
    current: &Current,
    view: &View<'_>,
    data: &Data,
    query: &str,
    count: usize,
) -> Result<Chosen, HttpError> {
    let rows = data.rows(query, &view.parameters()).await?;
    let Some(sales_area_m2) = rows.cell(0, "sales_area_m2").as_f64() else {
        return Ok(Chosen(Vec::new()));
    };
    let candidates = candidates(&rows);
    let wanted = SitesWanted {
        count,
        sales_area_m2,
        closable: closable(view, data).await?,
        most_closings: whole(view, Filter::Closings).unwrap_or(0),
        budget: amount(view, Filter::SiteCost).zip(amount(view, Filter::Budget)),
    };
    let planner = current.planner().await.map_err(|error| failed(&error))?;
    let planner = planner.map_err(refused)?;
    let choice = tokio::task::spawn_blocking(move || planner.best_sites(&candidates, &wanted))
        .await
        .map_err(|error| failed(&error))?
        .map_err(refused)?;
    Ok(Chosen(choice.tables().map_err(|error| failed(&error))?))
}

fn whole(view: &View<'_>, filter: Filter) -> Option<usize> {
    view.filters.get(filter)?.parse().ok()
}

fn amount(view: &View<'_>, filter: Filter) -> Option<f64> {
    view.filters.get(filter)?.parse().ok()
}

/// The stores that may close; none when the address allows no closing.
async fn closable(view: &View<'_>, data: &Data) -> Result<Vec<ClosableStore>, HttpError> {
    let Some(query) = view
        .page
        .closable
        .as_ref()
        .filter(|_| whole(view, Filter::Closings).unwrap_or(0) > 0)
    else {
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

fn refused(fault: PlannerFault) -> HttpError {
    HttpError::Plan(vec![Fault::Planner(fault)])
}

fn failed(error: &(dyn std::error::Error + 'static)) -> HttpError {
    tracing::error!(error, "the choice of sites failed");
    HttpError::Failed
}
