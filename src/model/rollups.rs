//! Roll-ups: the queries of `queries/rollup/`, stored as tables so that pages answer at once.
//!
//! A roll-up is exact, and a session without it computes the same rows from the orders; storing it only saves time.

use arrow::datatypes::SchemaRef;
use futures::TryStreamExt;

use chalandise_lake::{Engine, SessionContext, Snapshot, Writer, shown};
use chalandise_query::{self as query, Bound, Library, Query};

use super::ModelError;

/// A table that a build wrote.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Built {
    /// Table.
    pub table: String,
    /// Rows.
    pub rows: u64,
}

/// Computes every roll-up of the library over `snapshot` and writes it, each after those that it reads.
///
/// # Errors
/// [`ModelError`] when a query fails or the lake cannot be written.
pub async fn rollups(
    engine: &Engine,
    library: &Library,
    snapshot: &Snapshot,
    writer: &mut Writer,
    mut began: impl FnMut(&str),
) -> Result<Vec<Built>, ModelError> {
    let context = engine.session_without_rollups(snapshot).await?;
    let definitions = query::definitions(library);
    let mut built = Vec::new();
    for query in query::rollups_in_order(&context, library) {
        began(query.stem());
        let rows = store(&context, query, definitions.get(query.stem()), writer).await?;
        // Later roll-ups read the stored rows instead of computing the view again.
        if let Some(table) = writer.table(query.stem()).await? {
            context
                .deregister_table(query.stem())
                .map_err(chalandise_lake::LakeError::engine("storing a roll-up"))?;
            engine.register(&context, &table)?;
        }
        built.push(Built {
            table: query.stem().to_owned(),
            rows,
        });
    }
    Ok(built)
}

async fn store(
    context: &SessionContext,
    query: &Query,
    definition: Option<&String>,
    writer: &mut Writer,
) -> Result<u64, ModelError> {
    let mut stream = query::stream(context, query, &Bound::default()).await?;
    let schema: SchemaRef = shown(&stream.schema());
    let mut files = writer.files(query.stem(), &schema).await?;
    let mut rows = 0;
    loop {
        let batch = stream.try_next().await.map_err(|source| ModelError::Rows {
            name: query.stem().to_owned(),
            source: Box::new(source),
        })?;
        let Some(batch) = batch else { break };
        rows += batch.num_rows() as u64;
        files.write(&batch).await?;
    }
    let added = files.finish().await?;
    writer.replace(query.stem(), added, definition.cloned()).await?;
    Ok(rows)
}
