//! Scenarios of the network: a plan in the address, evaluated on the newest lake version, shown by the page of the queries.
//!
//! `/network/scenario?change=open:47.16,-1.47,2400:Vertou&change=close:S123` is a whole scenario: the plan is read from the pairs
//! (`read`), the planner of the lake version evaluates it, and its tables stand before the lake's in the session of the request, so that
//! page, figures and files read them like any other.

mod changes;
mod form;
mod read;
mod words;

use super::{Asked, Feature, FeatureError, Form, Prepared, Supposed};
use crate::filters::query_string;
use crate::view::View;
use async_trait::async_trait;
use chalandise_model::{Answer, Planner, PlannerFault};
use chalandise_notebook::scenario::{Plan, text};
use chalandise_serving::{Data, Version};
use maud::Markup;
use std::sync::Arc;

pub use read::{is_own, plan};
pub use words::{Fault, notice_words};

/// The longest plan of a page, as its address spells it: what a form adds to it still fits the longest address that is answered.
const MOST_PLAN_BYTES: usize = 45_000;
/// Before the number of a change that is edited and the field of it.
const EDIT: &str = "edit.";
/// What the log calls it.
const WHAT: &str = "a scenario";

/// The feature.
#[derive(Debug)]
pub struct Scenario;

#[async_trait]
impl Feature for Scenario {
    fn name(&self) -> &'static str {
        "scenario"
    }

    fn is_key(&self, key: &str) -> bool {
        text::keys().any(|known| known == key) || is_own(key)
    }

    async fn address(&self, asked: &Asked<'_>) -> Result<Option<String>, FeatureError> {
        let given = with_area(asked.version, asked.pairs).await?;
        Ok(match read_fitting(&given, asked) {
            Ok(read) if !read.canonical => Some(address(asked, &read.plan)),
            _ => None,
        })
    }

    /// The data of a figure of the page, with the tables of the plan in the address.
    async fn suppose(&self, view: &View<'_>, asked: &Asked<'_>) -> Result<Supposed, FeatureError> {
        let read = plan(asked.pairs).map_err(FeatureError::Plan)?;
        let pairs = pairs(&read.plan);
        if read.plan.changes().is_empty() {
            let data = view.data.clone();
            return Ok(Supposed { data, pairs });
        }
        let answer = evaluate_on(asked.version, &read.plan).await?;
        let data = with(&answer, &read.plan, view.data)?;
        Ok(Supposed { data, pairs })
    }

    /// The form beside the results, or beside what is wrong with the plan.
    async fn prepare(&self, view: &View<'_>, asked: &Asked<'_>) -> Result<Prepared, FeatureError> {
        let given = with_area(asked.version, asked.pairs).await?;
        let planner = planner(asked.version).await?;
        let (plan, mut faults) = match read_fitting(&given, asked) {
            Ok(read) => (read.plan, Vec::new()),
            Err(faults) => {
                let sound = read::sound(asked.pairs, &faults);
                let fits = address(asked, &sound).len() <= MOST_PLAN_BYTES;
                (if fits { sound } else { Plan::default() }, faults)
            }
        };
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
        let whole = faults.is_empty();
        // A lake without a model is no fault of the address.
        if let Err(fault) = &planner {
            faults.push(Fault::Planner(fault.clone()));
        }
        let data = match &answer {
            Some(answer) => with(answer, &plan, view.data)?,
            None => view.data.clone(),
        };
        let supposed = Supposed {
            data,
            pairs: pairs(&plan),
        };
        let form = PlanForm {
            plan,
            planner: planner.ok(),
            answer,
            faults,
            given: asked.pairs.to_vec(),
        };
        Ok(Prepared {
            supposed,
            form: Some(Box::new(form)),
            whole,
        })
    }
}

/// What the form beside the results is made from.
struct PlanForm {
    plan: Plan,
    planner: Option<Arc<Planner>>,
    answer: Option<Answer>,
    faults: Vec<Fault>,
    given: Vec<(String, String)>,
}

impl Form for PlanForm {
    fn markup(&self, view: &View<'_>) -> Markup {
        let form = form::Form {
            view,
            plan: &self.plan,
            planner: self.planner.as_deref(),
            answer: self.answer.as_ref(),
            faults: &self.faults,
            given: &self.given,
        };
        form.markup()
    }
}

/// The plan of an address, if it fits one.
fn read_fitting(
    pairs: &[(String, String)],
    asked: &Asked<'_>,
) -> Result<chalandise_notebook::scenario::Address, Vec<Fault>> {
    let read = plan(pairs)?;
    match address(asked, &read.plan).len() {
        bytes if bytes > MOST_PLAN_BYTES => Err(vec![Fault::TooLong(bytes)]),
        _ => Ok(read),
    }
}

/// The pairs of an address; where its form opens a site without an area, that of the network's usual store.
async fn with_area(version: &Version, pairs: &[(String, String)]) -> Result<Vec<(String, String)>, FeatureError> {
    let mut pairs = pairs.to_vec();
    if read::lacks_area(&pairs)
        && let Ok(planner) = planner(version).await?
    {
        pairs.push((
            "add_sales_area_m2".to_owned(),
            format!("{:.0}", planner.usual_area_m2()),
        ));
    }
    Ok(pairs)
}

/// The network of a lake version, ready for scenarios; or why there is none.
///
/// # Errors
/// [`FeatureError::Failed`] when its tables cannot be read.
pub async fn planner(version: &Version) -> Result<Result<Arc<Planner>, PlannerFault>, FeatureError> {
    let planner = version.planner().await;
    planner.map_err(|error| FeatureError::failed(WHAT, &error))
}

/// Evaluates a plan: milliseconds of pure computing, apart from the threads that answer.
///
/// # Errors
/// [`FeatureError::Failed`] when the computation breaks off; inside, what the network refuses.
pub async fn evaluate(planner: &Arc<Planner>, plan: &Plan) -> Result<Result<Answer, Vec<PlannerFault>>, FeatureError> {
    let (planner, plan) = (Arc::clone(planner), plan.clone());
    tokio::task::spawn_blocking(move || planner.evaluate(&plan))
        .await
        .map_err(|error| FeatureError::failed(WHAT, &error))
}

/// Evaluates a plan on a lake version; all that is wrong with it is the error.
///
/// # Errors
/// [`FeatureError`] when the network refuses the plan, or there is none.
pub async fn evaluate_on(version: &Version, plan: &Plan) -> Result<Answer, FeatureError> {
    let planner = planner(version).await?;
    let planner = planner.map_err(|fault| FeatureError::Plan(vec![Fault::Planner(fault)]))?;
    let answer = evaluate(&planner, plan).await?;
    answer.map_err(|faults| FeatureError::Plan(faults.into_iter().map(Fault::Planner).collect()))
}

/// The data with the tables of an answer.
fn with(answer: &Answer, plan: &Plan, data: &Data) -> Result<Data, FeatureError> {
    let tables = answer.tables().map_err(|error| FeatureError::failed(WHAT, &error))?;
    let key = query_string(plan.pairs().iter().map(|(key, value)| (*key, value.as_str())));
    Ok(data.supposing(key, &tables)?)
}

fn pairs(plan: &Plan) -> Vec<(String, String)> {
    let pairs = plan.pairs().into_iter();
    pairs.map(|(key, value)| (key.to_owned(), value)).collect()
}

/// The address of a plan on the page asked for, with its language, theme and filters.
fn address(asked: &Asked<'_>, plan: &Plan) -> String {
    let others = asked.pairs.iter().filter(|(key, _)| !Scenario.is_key(key));
    let others = others.map(|(key, value)| (key.as_str(), value.as_str()));
    let plan = plan.pairs();
    let plan = plan.iter().map(|(key, value)| (*key, value.as_str()));
    super::address(asked.path, others.chain(plan))
}

/// The address of a plan from a view.
fn plan_link(view: &View<'_>, plan: &Plan) -> String {
    let mut other = view.clone();
    other.supposed = pairs(plan);
    other.link(&view.path, &[])
}
