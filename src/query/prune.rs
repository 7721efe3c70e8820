//! Steps that hide beside values of a parameter, taken out where the parameter has none.
//!
//! They would find nothing ([`super::hide`] asks for a value in each of them), but planning them costs more than many an answer.

use std::ops::ControlFlow;

use datafusion::sql::sqlparser::ast::{self, Expr, SetExpr, TableFactor, Value as Literal, visit_expressions_mut};

use super::bind::Bound;
use super::hide::is_step_of;
use super::value::Value;

/// Takes the steps out of a bound statement.
pub(super) fn prune(statement: &mut ast::Statement, bound: &Bound) {
    let unset: Vec<&str> = bound
        .iter()
        .filter(|(_, value)| **value == Value::Null)
        .map(|(name, _)| name)
        .collect();
    let ast::Statement::Query(query) = &mut *statement else {
        return;
    };
    let Some(with) = &mut query.with else { return };
    let goes = |name: &str| unset.iter().any(|param| is_step_of(name, param));
    let before = with.cte_tables.len();
    with.cte_tables.retain(|step| !goes(&step.alias.name.value));
    if with.cte_tables.len() == before {
        return;
    }
    for step in &mut with.cte_tables {
        let SetExpr::Select(select) = step.query.body.as_mut() else {
            continue;
        };
        for table in &mut select.from {
            table.joins.retain(|join| match &join.relation {
                TableFactor::Table { name, .. } => !goes(&name.to_string()),
                _ => true,
            });
        }
    }
    // What no row joins is null.
    let flow: ControlFlow<()> = visit_expressions_mut(statement, |expr| {
        if let Expr::IsNull(inner) = expr
            && let Expr::CompoundIdentifier(parts) = inner.as_ref()
            && parts.first().is_some_and(|table| goes(&table.value))
        {
            *expr = Expr::Value(Literal::Boolean(true).into());
        }
        ControlFlow::Continue(())
    });
    debug_assert!(flow.is_continue());
}
