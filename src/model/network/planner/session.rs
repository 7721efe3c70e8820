//! Scenarios in SQL: the functions `scenario_stores(plan)` and their like, and the tables of what users have saved.
//!
//! Nothing is read or computed until a query asks: a session that names none of them pays nothing.

use std::collections::BTreeSet;
use std::sync::Arc;

use arrow::array::RecordBatch;
use async_trait::async_trait;
use datafusion::common::{DataFusionError, Result};
use tokio::sync::OnceCell;

use crate::ModelError;
use chalandise_lake::functions::{EvaluatePlan, of_scenarios};
use chalandise_lake::{LakeError, LazyTable, MakeRows, SessionContext};
use chalandise_notebook::scenario::Plan;
use chalandise_notebook::{Listed, Notebook};
use chalandise_query::{Library, Refused};

use super::contract;
use super::saved::{self, Saved};
use super::{Answer, Planner, PlannerFault};

/// The tables of saved scenarios.
const SAVED: [&str; 3] = ["scenarios", "scenario_results", "scenario_outcomes"];
/// Columns that need no scenario to be computed.
const FAULT: &str = "fault";

/// What one session knows of scenarios: the network of its lake version, read when first asked for, and the notebook.
#[derive(Debug)]
pub struct Scenarios {
    library: Arc<Library>,
    notebook: Notebook,
    planner: OnceCell<Result<Arc<Planner>, PlannerFault>>,
}

impl Scenarios {
    /// Gives a session the functions of scenarios, and the tables of those that users have saved in the notebook.
    ///
    /// # Errors
    /// [`LakeError`] when the session takes no tables.
    pub fn register(
        context: &SessionContext,
        library: Arc<Library>,
        notebook: Notebook,
    ) -> Result<Arc<Scenarios>, LakeError> {
        let scenarios = Arc::new(Scenarios {
            library,
            notebook,
            planner: OnceCell::new(),
        });
        let evaluate: Arc<dyn EvaluatePlan> = scenarios.clone();
        for (name, function) in of_scenarios(&evaluate, contract::tables()) {
            context.register_udtf(name, function);
        }
        for name in SAVED {
            let table = contract::named(name).ok_or_else(|| LakeError::UnknownTable { table: name.to_owned() })?;
            let make = SavedRows {
                scenarios: Arc::clone(&scenarios),
                table: name,
            };
            LazyTable::new(table.schema(), Arc::new(make)).register(context, name)?;
        }
        Ok(scenarios)
    }

    /// The network ready for scenarios, read once a session; or why there is none.
    ///
    /// # Errors
    /// [`ModelError`] when a query fails.
    pub async fn planner(&self, context: &SessionContext) -> Result<Result<Arc<Planner>, PlannerFault>, ModelError> {
        let load = async || {
            let planner = Planner::load(context, &self.library).await?;
            Ok::<_, ModelError>(planner.map(Arc::new))
        };
        self.planner.get_or_try_init(load).await.cloned()
    }

    /// Evaluates a plan; inside, what is wrong with it in plain words.
    async fn answer(&self, context: &SessionContext, plan: Plan) -> Result<Result<Answer, String>> {
        let planner = match self.planner(context).await.map_err(external)? {
            Ok(planner) => planner,
            Err(fault) => return Ok(Err(fault.to_string())),
        };
        let answer = tokio::task::spawn_blocking(move || planner.evaluate(&plan));
        let answer = answer.await.map_err(external)?;
        Ok(answer.map_err(|faults| words(&faults)))
    }

    async fn listed(&self) -> Result<Listed<Plan>> {
        let notebook = self.notebook.clone();
        let listed = tokio::task::spawn_blocking(move || notebook.list::<Plan>());
        let listed = listed.await.map_err(external)?;
        listed.map_err(|error| refused(error.to_string()))
    }
}

/// The faults of a plan in one line.
fn words(faults: &[PlannerFault]) -> String {
    let all: BTreeSet<String> = faults.iter().map(ToString::to_string).collect();
    all.into_iter().collect::<Vec<_>>().join("; ")
}

fn refused(words: String) -> DataFusionError {
    external(Refused(words))
}

fn external(error: impl std::error::Error + Send + Sync + 'static) -> DataFusionError {
    DataFusionError::External(Box::new(error))
}

#[async_trait]
impl EvaluatePlan for Scenarios {
    async fn evaluate(&self, context: &SessionContext, plan: &str, table: &str) -> Result<RecordBatch> {
        let plan = Plan::read_pasted(plan).map_err(|error| refused(error.to_string()))?;
        let answer = self.answer(context, plan).await?.map_err(refused)?;
        let tables = answer.tables().map_err(external)?;
        let found = tables.into_iter().find(|(name, _)| name == table);
        found
            .map(|(_, rows)| rows)
            .ok_or_else(|| DataFusionError::Internal(format!("an answer has no table `{table}`")))
    }
}

/// The rows of a table of saved scenarios.
#[derive(Debug)]
struct SavedRows {
    scenarios: Arc<Scenarios>,
    table: &'static str,
}

#[async_trait]
impl MakeRows for SavedRows {
    async fn rows(&self, context: &SessionContext, wanted: &[&str]) -> Result<RecordBatch> {
        let listed = self.scenarios.listed().await?;
        let mut all = Vec::new();
        let computed = self.table != SAVED[0] || wanted.contains(&FAULT);
        for scenario in listed.entries {
            let answer = match computed {
                true => Some(self.scenarios.answer(context, scenario.content.clone()).await?),
                false => None,
            };
            all.push(Saved { scenario, answer });
        }
        let all: Vec<&Saved> = all.iter().collect();
        let rows = match self.table {
            "scenarios" => saved::scenarios(&all, &listed.unreadable),
            "scenario_results" => saved::results(&all),
            _ => saved::outcomes(&all),
        };
        rows.map_err(external)
    }
}
