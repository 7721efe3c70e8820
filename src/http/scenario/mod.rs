//! Scenarios of the network: a plan in the address, evaluated on the newest lake version, shown by the page of the queries.
//!
//! `/network/scenario?change=open:47.16,-1.47,2400:Vertou&change=close:S123` is a whole scenario: the plan is read from the pairs
//! (`read`), the planner of the lake version evaluates it, and its tables stand before the lake's in the session of the request, so that
//! page, figures and files read them like any other.

pub(super) mod api;
mod changes;
mod form;
mod read;
pub(super) mod saved;
mod words;

use super::asked::Asked;
use super::error::HttpError;
use super::freshness::Current;
use super::page::html;
use super::state::{Rendered, State};
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use chalandise_dashboard::{Data, Page, Place, View, query_string, render_page_beside};
use chalandise_model::{Answer, Planner, PlannerFault};
use chalandise_notebook::scenario::{Plan, text};
use form::Form;
use std::sync::Arc;

pub(super) use words::Fault;

/// The longest plan of a page, as its address spells it: what a form adds to it still fits the longest address that is answered.
const MOST_PLAN_BYTES: usize = 45_000;

/// Whether a pair of the address belongs to the plan.
pub(super) fn is_key(key: &str) -> bool {
    text::keys().any(|known| known == key) || read::is_own(key) || saved::is_own(key)
}

/// The page: the form beside the results, or beside what is wrong with the plan.
pub(super) async fn show(state: &State, asked: &Asked, place: Place<'_>) -> Result<Response, HttpError> {
    if place.page.path.as_str().starts_with(saved::LIST) {
        return saved::show(state, asked, place).await;
    }
    let current = state.freshness.current().await;
    let given = with_area(&current, &asked.pairs).await?;
    let read = read::plan(&given).and_then(|read| match address(asked, &read.plan).len() {
        bytes if bytes > MOST_PLAN_BYTES => Err(vec![Fault::TooLong(bytes)]),
        _ => Ok(read),
    });
    if let Ok(read) = &read
        && !read.canonical
    {
        return Ok(see(&address(asked, &read.plan)));
    }
    let data = current.data.within(state.deadline);
    let make = async {
        let reach = current.reach(state.deadline).await?.ok_or(HttpError::NoOrders)?;
        let planner = current.planner().await.map_err(|error| failed(&error))?;
        let (plan, mut faults) = match read {
            Ok(read) => (read.plan, Vec::new()),
            Err(faults) => {
                let sound = read::sound(&asked.pairs, &faults);
                let fits = address(asked, &sound).len() <= MOST_PLAN_BYTES;
                (if fits { sound } else { Plan::default() }, faults)
            }
        };
        let supposed = pairs(&plan);
        let answer = match &planner {
            Ok(planner) if !plan.changes().is_empty() => Some(evaluate(planner, &plan).await?),
            _ => None,
        };
        let answer = match answer {
            Some(Ok(answer)) => Some(answer),
            Some(Err(found)) => {
                faults.extend(found.into_iter().map(Fault::Planner));
                None
            }
            None => None,
        };
        let status = match faults.is_empty() {
            true => StatusCode::OK,
            false => StatusCode::UNPROCESSABLE_ENTITY,
        };
        // A lake without a model is no fault of the address.
        if let Err(fault) = &planner {
            faults.push(Fault::Planner(fault.clone()));
        }
        let data = match &answer {
            Some(answer) => with(answer, &plan, &data)?,
            None => data.clone(),
        };
        let view = asked.view(state, place, &data, reach, supposed)?;
        let form = Form {
            view: &view,
            plan: &plan,
            planner: planner.as_ref().ok().map(AsRef::as_ref),
            answer: answer.as_ref(),
            faults: &faults,
            given: &asked.pairs,
        };
        let page = render_page_beside(&view, place.page, &form.markup()).await?;
        Ok(Rendered { status, ..html(page) })
    };
    asked.answer(state, &data, make).await
}

/// The pairs of an address; where its form opens a site without an area, that of the network's usual store.
async fn with_area(current: &Current, pairs: &[(String, String)]) -> Result<Vec<(String, String)>, HttpError> {
    let mut pairs = pairs.to_vec();
    if read::lacks_area(&pairs)
        && let Ok(planner) = current.planner().await.map_err(|error| failed(&error))?
    {
        pairs.push((
            "add_sales_area_m2".to_owned(),
            format!("{:.0}", planner.usual_area_m2()),
        ));
    }
    Ok(pairs)
}

/// The data of a figure of the page, with the tables of the plan in the address.
pub(super) async fn suppose(
    state: &State,
    current: &Current,
    page: &Page,
    asked: &Asked,
    data: &Data,
) -> Result<(Data, Vec<(String, String)>), HttpError> {
    if page.path.as_str().starts_with(saved::LIST) {
        return saved::with(&saved::all(state, current).await?, asked, data);
    }
    let read = read::plan(&asked.pairs).map_err(HttpError::Plan)?;
    let supposed = pairs(&read.plan);
    if read.plan.changes().is_empty() {
        return Ok((data.clone(), supposed));
    }
    let planner = current.planner().await.map_err(|error| failed(&error))?;
    let planner = planner.map_err(|fault| HttpError::Plan(vec![Fault::Planner(fault)]))?;
    match evaluate(&planner, &read.plan).await? {
        Ok(answer) => Ok((with(&answer, &read.plan, data)?, supposed)),
        Err(faults) => Err(HttpError::Plan(faults.into_iter().map(Fault::Planner).collect())),
    }
}

/// Milliseconds of pure computing, apart from the threads that answer.
async fn evaluate(planner: &Arc<Planner>, plan: &Plan) -> Result<Result<Answer, Vec<PlannerFault>>, HttpError> {
    let (planner, plan) = (Arc::clone(planner), plan.clone());
    tokio::task::spawn_blocking(move || planner.evaluate(&plan))
        .await
        .map_err(|error| failed(&error))
}

/// The data with the tables of an answer.
fn with(answer: &Answer, plan: &Plan, data: &Data) -> Result<Data, HttpError> {
    let tables = answer.tables().map_err(|error| failed(&error))?;
    let key = query_string(plan.pairs().iter().map(|(key, value)| (*key, value.as_str())));
    data.supposing(key, &tables).map_err(|error| failed(&error))
}

fn pairs(plan: &Plan) -> Vec<(String, String)> {
    let pairs = plan.pairs().into_iter();
    pairs.map(|(key, value)| (key.to_owned(), value)).collect()
}

/// The address of a plan on the page asked for, with its language, theme and filters.
fn address(asked: &Asked, plan: &Plan) -> String {
    let others = asked.pairs.iter().filter(|(key, _)| !is_key(key));
    let others = others.map(|(key, value)| (key.as_str(), value.as_str()));
    let plan = plan.pairs();
    let plan = plan.iter().map(|(key, value)| (*key, value.as_str()));
    format!("{}{}", asked.path, query_string(others.chain(plan)))
}

/// Leads the reader to another address.
fn see(address: &str) -> Response {
    match HeaderValue::from_str(address) {
        Ok(address) => (StatusCode::SEE_OTHER, [(header::LOCATION, address)]).into_response(),
        Err(_) => HttpError::NotFound.into_response(),
    }
}

fn failed(error: &(dyn std::error::Error + 'static)) -> HttpError {
    tracing::error!(error, "a scenario failed");
    HttpError::Failed
}

/// The address of a plan from a view.
fn plan_link(view: &View<'_>, plan: &Plan) -> String {
    let mut other = view.clone();
    other.supposed = pairs(plan);
    other.link(&view.path, &[])
}
