//! Checking a library against a session: every fault of every file, in one list.

use std::collections::BTreeMap;

use datafusion::common::Diagnostic;
use datafusion::error::DataFusionError;
use datafusion::logical_expr::LogicalPlan;
use datafusion::prelude::SessionContext;
use datafusion::sql::sqlparser::ast;

use super::header::Query;
use super::library::Library;
use super::run::plan_statement;
use super::statement::{bind, parse_query};
use super::text::{not_one_query, used_and_declared, words};
use super::views::{BASE, ROLLUP};
use chalandise_faults::{Fault, Faults, hint};

impl Library {
    /// Plans every query against the session, parameters bound to typed nulls, and lists all faults: those of the
    /// headers, parameters used and not declared (or the reverse), columns declared that the plan lacks (or the
    /// reverse), more than one statement, statements that are no `select`, and what the engine refuses.
    ///
    /// The session must hold the lake's tables and functions and the views of [`super::register_views`].
    pub async fn check(&self, ctx: &SessionContext) -> Faults {
        let mut faults = self.faults.clone();
        for query in self.iter() {
            faults.extend(check_query(ctx, query).await);
        }
        faults.sorted()
    }
}

async fn check_query(ctx: &SessionContext, query: &Query) -> Vec<Fault> {
    if !query.whole {
        return Vec::new();
    }
    let mut faults = check_parameters(query);
    let mut statement = match parse_query(&query.sql) {
        Ok(statement) => statement,
        Err(why) => {
            faults.push(not_one_query(query, &why));
            return faults;
        }
    };
    let unbound = bind(&mut statement, &query.nulls());
    match plan_and_optimise(ctx, statement).await {
        Ok(plan) => faults.extend(check_columns(query, &plan)),
        // A parameter without a kind is reported above; what it makes the engine say would only confuse.
        Err(_) if !unbound.is_empty() => {}
        Err(error) => faults.push(plan_fault(query, &error)),
    }
    faults
}

/// Optimising runs the engine's type checks, which planning alone leaves for later.
async fn plan_and_optimise(ctx: &SessionContext, statement: ast::Statement) -> Result<LogicalPlan, DataFusionError> {
    let mut state = ctx.state();
    // The engine then says where in the text a name stands that it does not know.
    state.config_mut().options_mut().sql_parser.collect_spans = true;
    let plan = plan_statement(&state, statement).await?;
    state.optimize(&plan)?;
    Ok(plan)
}

fn check_parameters(query: &Query) -> Vec<Fault> {
    let mut faults = used_and_declared(query);
    if matches!(query.folder(), BASE | ROLLUP) {
        faults.extend(query.params.iter().map(|param| {
            query.fault(
                param.line,
                "a view cannot have parameters",
                "delete the line; the queries that read the view filter it",
            )
        }));
    }
    faults
}

fn check_columns(query: &Query, plan: &LogicalPlan) -> Vec<Fault> {
    let names: Vec<&str> = plan
        .schema()
        .fields()
        .iter()
        .map(|field| field.name().as_str())
        .collect();
    let mut faults = Vec::new();
    for column in &query.columns {
        if !names.contains(&column.name.as_str()) {
            let hint = hint(&column.name, names.iter().copied(), str::to_owned);
            faults.push(query.fault(
                column.line,
                format!(
                    "column `{}` is declared, but the query does not give it{hint}",
                    column.name
                ),
                "correct the name, or give the column in the SQL",
            ));
        }
    }
    for name in &query.sorted {
        if !names.contains(&name.as_str()) {
            faults.push(query.fault(
                None,
                format!("`@sorted` names the column `{name}`, but the query does not give it"),
                "name columns of the result",
            ));
        }
    }
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    for name in &names {
        *counts.entry(name).or_default() += 1;
    }
    for (name, count) in counts {
        if count > 1 {
            faults.push(query.fault(
                None,
                format!("the query gives the column `{name}` {count} times"),
                "give each column its own name with `as`",
            ));
        }
        if query.column(name).is_none() {
            faults.push(undeclared(query, name));
        }
    }
    faults
}

fn undeclared(query: &Query, name: &str) -> Fault {
    let remedy = if super::header::is_name(name) {
        format!("declare it in the header: `-- @column {name}: unit -- what it means`")
    } else {
        "name it in the SQL with `as`, and declare that name in the header".to_owned()
    };
    query.fault(
        None,
        format!("the query gives the column `{name}`, which is not declared"),
        remedy,
    )
}

fn plan_fault(query: &Query, error: &DataFusionError) -> Fault {
    let line = error
        .diagnostic()
        .and_then(diagnostic_line)
        .or_else(|| line_of_quoted(&query.sql, &words(error)));
    let mut fault = query.fault(
        line,
        format!("the query does not plan: {}", words(error)),
        "correct the SQL, or import the table that it needs",
    );
    if fault.file != query.file() {
        // Another query may give other names to the fragment.
        fault.what = format!("the query {} does not plan: {}", query.name, words(error));
    }
    fault
}

fn diagnostic_line(diagnostic: &Diagnostic) -> Option<usize> {
    usize::try_from(diagnostic.span?.start.line)
        .ok()
        .filter(|line| *line > 0)
}

/// The line that uses the first name which the engine quotes, for errors without a place.
fn line_of_quoted(sql: &str, words: &str) -> Option<usize> {
    let quoted = words.split(['\'', '"', '`']).nth(1)?;
    let name = quoted.rsplit('.').next()?;
    let holds = |line: &str| {
        !line.trim_start().starts_with("--")
            && line
                .split(|c: char| !c.is_alphanumeric() && c != '_')
                .any(|word| word == name)
    };
    sql.lines().position(holds).map(|index| index + 1)
}
