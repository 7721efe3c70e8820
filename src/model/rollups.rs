//! Roll-ups: the queries of `queries/rollup/`, stored as tables so that pages answer at once.
//!
//! A roll-up is exact, and a session without it computes the same rows from the orders; storing it only saves time.

use std::collections::BTreeMap;

use arrow::datatypes::SchemaRef;
use futures::TryStreamExt;

use chalandise_lake::{Computed, Engine, SessionContext, Snapshot, Writer, shown};
use chalandise_query::{self as query, Bound, Query, Reads};

use super::{Built, ModelError};

/// Computes the given roll-ups and writes them, each after those that it reads.
///
/// # Errors
/// [`ModelError`] when a query fails or the lake cannot be written.
pub(super) async fn rollups(
    engine: &Engine,
    snapshot: &Snapshot,
    wanted: &[(&Query, Computed)],
    definitions: &BTreeMap<String, Reads>,
    writer: &mut Writer,
    mut began: impl FnMut(&str),
) -> Result<Vec<Built>, ModelError> {
    let context = engine.session_for_rollups(snapshot).await?;
    let mut built = Vec::new();
    for (query, computed) in wanted {
        began(query.stem());
        let definition = definitions.get(query.stem()).map(|reads| reads.hash.clone());
        let rows = store(&context, query, definition, writer).await?;
        writer.stamp(query.stem(), computed);
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
    definition: Option<String>,
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
    writer.replace(query.stem(), added, definition).await?;
    Ok(rows)
}
