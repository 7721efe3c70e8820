//! `scenario_stores(plan)` and its like: what a plan of the network does, as the tables of the same names.
//!
//! The room that knows the network evaluates plans ([`EvaluatePlan`]); here stand the functions' names, their documentation and the
//! reading of their one argument.

use std::fmt::Debug;
use std::sync::Arc;

use arrow::array::RecordBatch;
use arrow::datatypes::SchemaRef;
use async_trait::async_trait;
use datafusion::catalog::{TableFunctionArgs, TableFunctionImpl, TableProvider};
use datafusion::common::{DataFusionError, Result, ScalarValue};
use datafusion::logical_expr::Expr;
use datafusion::prelude::SessionContext;

use crate::contract::Table;
use crate::lazy::{LazyTable, MakeRows};
use chalandise_query::Refused;

use super::TableFunction;

const PLAN: &str = "The plan is what stands behind `/network/scenario?` in the browser, or one change or assumption a line: \
                    `close:S004`, `open:47.16,-1.47,2400:Vertou`, `margin=52`.";

/// What a function of a table is for.
struct ScenarioTable {
    /// Of the table and of the function.
    name: &'static str,
    doc: &'static str,
    example: &'static str,
}

const TABLES: [ScenarioTable; 7] = [
    ScenarioTable {
        name: "scenario_stores",
        doc: "Each site within reach of a plan's changes: its sales before and after, the change, its 80 and 95 % intervals.",
        example: "select name, before, after, change, low_80, high_80 from scenario_stores('open:47.16,-1.47,2400:Vertou') where role = 'own'",
    },
    ScenarioTable {
        name: "scenario_totals",
        doc: "The totals of a plan: stores, opened, closed, others, competitors, outside, web, network, margin; with intervals.",
        example: "select total, change, low_95, high_95 from scenario_totals('change=close:S004&margin=52')",
    },
    ScenarioTable {
        name: "scenario_transfers",
        doc: "Who gives to whom by a plan.",
        example: "select from_name, to_name, amount from scenario_transfers('close:S004') order by amount desc",
    },
    ScenarioTable {
        name: "scenario_cells",
        doc: "What the network's stores sell in each cell within reach of a plan's changes, before and after.",
        example: "select h3_cell, after - before as change from scenario_cells('close:S004')",
    },
    ScenarioTable {
        name: "scenario_steps",
        doc: "The steps of revenue from before to after a plan.",
        example: "select kind, name, amount from scenario_steps('close:S004') order by step",
    },
    ScenarioTable {
        name: "scenario_changes",
        doc: "The changes of a plan as they were understood.",
        example: "select kind, name, sales_area_m2 from scenario_changes('resize:S004:1800')",
    },
    ScenarioTable {
        name: "scenario_assumptions",
        doc: "What a plan assumes, and where each value is from: the user, the data or a default.",
        example: "select * from scenario_assumptions('close:S004\nkept=30')",
    },
];

/// Evaluates plans of the network in a session.
#[async_trait]
pub trait EvaluatePlan: Debug + Send + Sync {
    /// The rows of one `scenario_*` table of the contract for a plan's text.
    ///
    /// # Errors
    /// [`Refused`] as an external error for a plan that cannot be computed; anything else reaches the log alone.
    async fn evaluate(&self, context: &SessionContext, plan: &str, table: &str) -> Result<RecordBatch>;
}

/// The documentation of the functions.
pub(super) fn documented() -> impl Iterator<Item = TableFunction> {
    TABLES.into_iter().map(|table| TableFunction {
        name: table.name,
        syntax: format!("{}(plan)", table.name),
        description: format!("{} {PLAN}", table.doc),
        example: table.example,
    })
}

/// The functions as a session takes them, by name, for those of the tables that one is named like.
pub fn of_scenarios(
    evaluate: &Arc<dyn EvaluatePlan>,
    tables: &[Table],
) -> Vec<(&'static str, Arc<dyn TableFunctionImpl>)> {
    let one = |of: ScenarioTable| -> Option<(&'static str, Arc<dyn TableFunctionImpl>)> {
        let function = Function {
            table: of.name,
            schema: tables.iter().find(|table| table.name == of.name)?.schema(),
            evaluate: Arc::clone(evaluate),
        };
        Some((of.name, Arc::new(function)))
    };
    TABLES.into_iter().filter_map(one).collect()
}

#[derive(Debug)]
struct Function {
    table: &'static str,
    schema: SchemaRef,
    evaluate: Arc<dyn EvaluatePlan>,
}

impl TableFunctionImpl for Function {
    fn call_with_args(&self, args: TableFunctionArgs<'_, '_>) -> Result<Arc<dyn TableProvider>> {
        let call = Call {
            table: self.table,
            plan: self.plan(args.exprs())?,
            evaluate: Arc::clone(&self.evaluate),
        };
        Ok(Arc::new(LazyTable::new(Arc::clone(&self.schema), Arc::new(call))))
    }
}

impl Function {
    /// The one argument, a constant text; none for null, with which queries are checked.
    fn plan(&self, arguments: &[Expr]) -> Result<Option<String>> {
        let text = match arguments {
            [Expr::Literal(value, _)] if value.is_null() => return Ok(None),
            [Expr::Literal(value, _)] => text(value),
            _ => None,
        };
        let words = || {
            format!(
                "{}(plan) takes one constant text in quotes, such as 'close:S004'",
                self.table
            )
        };
        text.map(Some).ok_or_else(|| DataFusionError::Plan(words()))
    }
}

fn text(value: &ScalarValue) -> Option<String> {
    value.try_as_str().flatten().map(str::to_owned)
}

/// One call in a query.
#[derive(Debug)]
struct Call {
    table: &'static str,
    plan: Option<String>,
    evaluate: Arc<dyn EvaluatePlan>,
}

#[async_trait]
impl MakeRows for Call {
    async fn rows(&self, context: &SessionContext, _: &[&str]) -> Result<RecordBatch> {
        match &self.plan {
            Some(plan) => self.evaluate.evaluate(context, plan, self.table).await,
            None => {
                let words = format!(
                    "{}(plan): the plan is missing; write a text such as 'close:S004'",
                    self.table
                );
                Err(DataFusionError::External(Box::new(Refused(words))))
            }
        }
    }
}
