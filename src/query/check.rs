//! Checking a library against a session: every fault of every file, in one list.

use std::collections::{BTreeMap, BTreeSet};

use datafusion::common::Diagnostic;
use datafusion::error::DataFusionError;
use datafusion::logical_expr::LogicalPlan;
use datafusion::prelude::SessionContext;
use datafusion::sql::sqlparser::ast;

use super::fault::{Fault, Faults, nearest};
use super::header::Query;
use super::library::Library;
use super::run::plan_statement;
use super::statement::{NotOneQuery, bind, parse_query, used_parameters};
use super::views::{BASE, ROLLUP};

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
    let Ok(used) = used_parameters(&query.sql) else {
        // The parser reports what cannot be split into tokens.
        return Vec::new();
    };
    let mut faults = Vec::new();
    let mut seen = BTreeSet::new();
    for parameter in &used {
        if query.param(&parameter.name).is_some() || !seen.insert(&parameter.name) {
            continue;
        }
        let declared = query.params.iter().map(|param| param.name.as_str());
        let hint = nearest(&parameter.name, declared)
            .map(|near| format!(" (did you mean `${near}`?)"))
            .unwrap_or_default();
        faults.push(Fault::new(
            query.file(),
            parameter.line,
            format!("parameter `${}` is used but not declared{hint}", parameter.name),
            format!(
                "declare it in the header: `-- @param {}: kind -- what it means`",
                parameter.name
            ),
        ));
    }
    for param in &query.params {
        if !used.iter().any(|parameter| parameter.name == param.name) {
            faults.push(Fault::new(
                query.file(),
                param.line,
                format!("parameter `{}` is declared but not used", param.name),
                format!("use `${}` in the SQL or delete the line", param.name),
            ));
        }
    }
    if matches!(query.folder(), BASE | ROLLUP) {
        faults.extend(query.params.iter().map(|param| {
            Fault::new(
                query.file(),
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
            let hint = nearest(&column.name, names.iter().copied())
                .map(|near| format!(" (did you mean `{near}`?)"))
                .unwrap_or_default();
            faults.push(Fault::new(
                query.file(),
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
            faults.push(Fault::new(
                query.file(),
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
            faults.push(Fault::new(
                query.file(),
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
    Fault::new(
        query.file(),
        None,
        format!("the query gives the column `{name}`, which is not declared"),
        remedy,
    )
}

fn not_one_query(query: &Query, why: &NotOneQuery) -> Fault {
    let file = query.file();
    match why {
        NotOneQuery::Syntax(error) => {
            let (line, words) = place(&words(error));
            Fault::new(
                file,
                line,
                format!("the SQL cannot be read: {words}"),
                "correct the SQL",
            )
        }
        NotOneQuery::Nothing => Fault::new(
            file,
            None,
            "the file holds no statement",
            "write one `select` below the header",
        ),
        NotOneQuery::Several(line) => Fault::new(
            file,
            *line,
            "a second statement begins here",
            "keep one `select` a file; `with` joins several steps",
        ),
        NotOneQuery::NotSelect => Fault::new(
            file,
            None,
            "the statement is not a `select`",
            "query files only read: write a `select`",
        ),
    }
}

fn plan_fault(query: &Query, error: &DataFusionError) -> Fault {
    let line = error
        .diagnostic()
        .and_then(diagnostic_line)
        .or_else(|| line_of_quoted(&query.sql, &words(error)));
    Fault::new(
        query.file(),
        line,
        format!("the query does not plan: {}", words(error)),
        "correct the SQL, or import the table that it needs",
    )
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

/// The engine's first sentence. Only planning errors of query files go through here: they are shown to the author of the
/// file and can hold no value of a row, since nothing has been read.
pub fn words(error: &DataFusionError) -> String {
    let text = error.find_root().strip_backtrace();
    let line = text.lines().next().unwrap_or_default();
    let plain = [
        "Error during planning: ",
        "Schema error: ",
        "SQL error: ",
        "External error: ",
    ]
    .iter()
    .fold(line, |line, prefix| line.strip_prefix(prefix).unwrap_or(line));
    plain.trim_end_matches('.').replace("datafusion.public.", "")
}

/// Takes the parser's `at Line: 3, Column: 5` out of its words.
fn place(words: &str) -> (Option<usize>, String) {
    let plain = words
        .trim_start_matches("ParserError(\"")
        .trim_start_matches("TokenizerError(\"")
        .trim_end_matches("\")")
        .replace("\\\"", "\"");
    let Some((before, after)) = plain.split_once(" at Line: ") else {
        return (None, plain);
    };
    let line = after.split(',').next().and_then(|digits| digits.trim().parse().ok());
    (line, before.to_owned())
}
