//! `base/*.sql` and `rollup/*.sql` as views of a session.
//!
//! A base view is a view of its file's name. A roll-up is the same, but `chalandise build` may have stored its rows as a
//! table of that name: a session that has this table (rows of the same lake version, made by the same SQL) keeps it, any
//! other session computes the roll-up from the orders. Readers cannot tell the two apart, except by the clock.

use std::sync::Arc;

use datafusion::datasource::ViewTable;
use datafusion::prelude::SessionContext;
use datafusion::sql::parser::Statement;
use datafusion::sql::sqlparser::ast;

use super::header::Query;
use super::library::Library;
use super::run::plan_statement;
use super::statement::parse_query;
use chalandise_faults::{Fault, Faults};

/// The folder of base views.
pub const BASE: &str = "base";
/// The folder of roll-ups.
pub const ROLLUP: &str = "rollup";

/// A base view or roll-up, parsed.
pub(super) struct View<'a> {
    pub(super) query: &'a Query,
    statement: ast::Statement,
    /// Tables and views that it names.
    pub(super) needs: Vec<String>,
}

/// Registers every base view and every roll-up that the session does not already have as a table, whatever order they
/// need each other in.
///
/// Faults of a file that does not parse are left to [`Library::check`]; this reports views whose tables do not exist,
/// that need each other in a circle, or that do not plan.
pub async fn register_views(ctx: &SessionContext, library: &Library) -> Faults {
    let mut faults = Faults::new();
    let mut pending: Vec<View<'_>> = Vec::new();
    for query in library.folder(BASE).chain(library.folder(ROLLUP)) {
        let exists = ctx.table_exist(query.stem()).unwrap_or(false);
        if exists && query.folder() == ROLLUP {
            continue;
        }
        if exists || pending.iter().any(|other| other.query.stem() == query.stem()) {
            faults.push(Fault::new(
                query.file(),
                None,
                format!("there is already a table or view `{}`", query.stem()),
                "rename the file",
            ));
            continue;
        }
        pending.extend(parse(ctx, query));
    }
    register_in_order(ctx, pending, &mut faults).await;
    faults
}

/// The roll-ups of a library, each after those that it reads.
///
/// Faulty files are left out: [`Library::check`] names them.
pub fn rollups_in_order(library: &Library) -> Vec<&Query> {
    let mut waiting = parsed(&SessionContext::new(), library);
    let mut ordered = Vec::new();
    while !waiting.is_empty() {
        let names: Vec<String> = waiting.iter().map(|view| view.query.stem().to_owned()).collect();
        let ready = |view: &View<'_>| !view.needs.iter().any(|name| names.contains(name));
        let (now, later): (Vec<_>, Vec<_>) = waiting.into_iter().partition(ready);
        if now.is_empty() {
            break;
        }
        ordered.extend(
            now.into_iter()
                .map(|view| view.query)
                .filter(|query| query.folder() == ROLLUP),
        );
        waiting = later;
    }
    ordered
}

/// The base views and roll-ups of a library that parse.
pub(super) fn parsed<'a>(ctx: &SessionContext, library: &'a Library) -> Vec<View<'a>> {
    library
        .folder(BASE)
        .chain(library.folder(ROLLUP))
        .filter_map(|query| parse(ctx, query))
        .collect()
}

pub(super) fn parse<'a>(ctx: &SessionContext, query: &'a Query) -> Option<View<'a>> {
    if !query.whole {
        return None;
    }
    let statement = parse_query(&query.sql).ok()?;
    let references = ctx
        .state()
        .resolve_table_references(&Statement::Statement(Box::new(statement.clone())))
        .ok()?;
    Some(View {
        query,
        statement,
        needs: references.iter().map(|name| name.table().to_owned()).collect(),
    })
}

async fn register_in_order(ctx: &SessionContext, mut pending: Vec<View<'_>>, faults: &mut Faults) {
    loop {
        let waiting: Vec<String> = pending.iter().map(|view| view.query.stem().to_owned()).collect();
        let ready = |view: &View<'_>| !view.needs.iter().any(|name| waiting.contains(name));
        let (now, later): (Vec<_>, Vec<_>) = pending.into_iter().partition(ready);
        if now.is_empty() {
            faults.extend(later.iter().map(circular));
            return;
        }
        for view in now {
            if let Err(fault) = register(ctx, view).await {
                faults.push(fault);
            }
        }
        pending = later;
    }
}

fn circular(view: &View<'_>) -> Fault {
    Fault::new(
        view.query.file(),
        None,
        "the view needs itself, directly or through other views",
        "read the tables that it is made of instead",
    )
}

async fn register(ctx: &SessionContext, view: View<'_>) -> Result<(), Fault> {
    let refused = |what: String| {
        Fault::new(
            view.query.file(),
            None,
            what,
            "correct the SQL; `chalandise check` says more",
        )
    };
    let plan = plan_statement(&ctx.state(), view.statement)
        .await
        .map_err(|error| refused(format!("the view cannot be planned: {}", super::text::words(&error))))?;
    let table = ViewTable::new(plan, Some(view.query.sql.clone()));
    ctx.register_table(view.query.stem(), Arc::new(table))
        .map_err(|_| refused("the view cannot be registered".to_owned()))?;
    Ok(())
}
