//! Holding the lake against its contract: required values, keys, allowed values, ranges.

use std::collections::HashSet;
use std::hash::{DefaultHasher, Hasher};

use arrow::array::{Array, AsArray, Int64Array};
use datafusion::prelude::SessionContext;
use futures::TryStreamExt;

use super::contract::{Column, Kind, Table};
use super::{LakeError, Snapshot};

/// A rule of the contract that rows of the lake break.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Breach {
    /// Table.
    pub table: &'static str,
    /// The rule, in words.
    pub rule: String,
    /// Rows that break it.
    pub rows: u64,
}

/// Checks every canonical table that the snapshot has.
///
/// # Errors
/// [`LakeError::Engine`] when a table cannot be read.
pub async fn verify(context: &SessionContext, snapshot: &Snapshot) -> Result<Vec<Breach>, LakeError> {
    let mut breaches = Vec::new();
    for table in snapshot
        .contract()
        .tables()
        .iter()
        .filter(|table| snapshot.has(table.name))
    {
        let rules = rules(table);
        let counts: Vec<String> = rules
            .iter()
            .map(|(_, condition)| format!("count(*) filter (where {condition})"))
            .collect();
        let sql = format!("select {} from {}", counts.join(", "), table.name);
        for ((rule, _), rows) in rules.iter().zip(row_of_counts(context, table, &sql).await?) {
            if rows > 0 {
                breaches.push(Breach {
                    table: table.name,
                    rule: rule.clone(),
                    rows,
                });
            }
        }
        let key = table.key().join(", ");
        let sql = format!(
            "select count(*) from (select {key} from {} group by {key} having count(*) > 1)",
            table.name
        );
        for rows in row_of_counts(context, table, &sql).await? {
            if rows > 0 {
                breaches.push(Breach {
                    table: table.name,
                    rule: format!("{key} must be unique"),
                    rows,
                });
            }
        }
    }
    Ok(breaches)
}

/// Rows that name a row of another table that the lake does not have: no breach of the contract (the other may come with a
/// later import), but no figure that joins the two counts them.
///
/// Memory: some 20 bytes a row of the table that is named.
///
/// # Errors
/// [`LakeError::Engine`] when a table cannot be read.
pub async fn dangling(context: &SessionContext, snapshot: &Snapshot) -> Result<Vec<Breach>, LakeError> {
    let mut found = Vec::new();
    for table in snapshot
        .contract()
        .tables()
        .iter()
        .filter(|table| snapshot.has(table.name))
    {
        for reference in table.references {
            let mut known = HashSet::new();
            for other in reference.tables() {
                let key = snapshot.contract().table(other).map_or_else(Vec::new, Table::key);
                each_hash(context, other, &key.join(", "), |hash| {
                    known.insert(hash);
                })
                .await?;
            }
            let mut rows = 0;
            each_hash(context, table.name, reference.column, |hash| {
                rows += u64::from(!known.contains(&hash));
            })
            .await?;
            if rows > 0 {
                found.push(Breach {
                    table: table.name,
                    rule: format!(
                        "{} names no row of {}",
                        reference.column,
                        reference.tables().collect::<Vec<_>>().join(" or ")
                    ),
                    rows,
                });
            }
        }
    }
    Ok(found)
}

/// Calls `each` with a hash of every value of a text column that is there.
async fn each_hash(
    context: &SessionContext,
    table: &'static str,
    column: &str,
    mut each: impl FnMut(u64),
) -> Result<(), LakeError> {
    let failed = || LakeError::engine(format!("checking the table `{table}`"));
    let sql = format!("select arrow_cast({column}, 'Utf8View') from {table} where {column} is not null");
    let frame = context.sql(&sql).await.map_err(failed())?;
    let mut batches = frame.execute_stream().await.map_err(failed())?;
    while let Some(batch) = batches.try_next().await.map_err(failed())? {
        for value in batch.column(0).as_string_view().iter().flatten() {
            let mut hasher = DefaultHasher::new();
            hasher.write(value.as_bytes());
            each(hasher.finish());
        }
    }
    Ok(())
}

/// Every rule of a table with the SQL condition of the rows that break it.
fn rules(table: &Table) -> Vec<(String, String)> {
    let mut rules = Vec::new();
    for column in &table.columns {
        let name = column.name;
        if column.required {
            rules.push((format!("{name} must have a value"), format!("{name} is null")));
        }
        if !column.allowed.is_empty() {
            let allowed = column.allowed.join("', '");
            rules.push((
                format!("{name} must be one of {}", column.allowed.join(", ")),
                format!("{name} not in ('{allowed}')"),
            ));
        }
        if let Some(min) = column.min {
            rules.push((
                format!("{name} must be at least {min}"),
                format!("{name} < {}", literal(column, min)),
            ));
        }
        if let Some(max) = column.max {
            rules.push((
                format!("{name} must be at most {max}"),
                format!("{name} > {}", literal(column, max)),
            ));
        }
    }
    rules
}

fn literal(column: &Column, value: f64) -> String {
    match column.kind {
        Kind::Money => format!("cast({value} as decimal(18, 2))"),
        Kind::Integer => format!("{value:.0}"),
        _ => format!("{value:?}"),
    }
}

async fn row_of_counts(context: &SessionContext, table: &Table, sql: &str) -> Result<Vec<u64>, LakeError> {
    let failed = || LakeError::engine(format!("checking the table `{}`", table.name));
    let batches = context
        .sql(sql)
        .await
        .map_err(failed())?
        .collect()
        .await
        .map_err(failed())?;
    let mut counts = Vec::new();
    for batch in batches.iter().filter(|batch| batch.num_rows() > 0) {
        for column in batch.columns() {
            let count = column
                .as_any()
                .downcast_ref::<Int64Array>()
                .map_or(0, |counts| counts.value(0));
            counts.push(u64::try_from(count).unwrap_or(0));
        }
    }
    Ok(counts)
}
