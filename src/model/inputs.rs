//! What a model reads: a session, and the queries that it lists.

use std::collections::BTreeMap;
use std::fmt::Display;

use arrow::array::RecordBatch;
use datafusion::execution::SendableRecordBatchStream;

use chalandise_lake::SessionContext;
use chalandise_query::{self as query, Bound, Library, Query};

use super::ModelError;

/// For queries without parameters.
pub(crate) const NONE: [(&str, &str); 0] = [];

/// A session over one lake version, open to the queries of a list. Whether a model is computed again follows from what these
/// read, so a model can run no other.
#[derive(Clone, Copy)]
pub struct Inputs<'a> {
    context: &'a SessionContext,
    library: &'a Library,
    queries: &'static [&'static str],
}

impl<'a> Inputs<'a> {
    pub(crate) fn new(
        context: &'a SessionContext,
        library: &'a Library,
        queries: &'static [&'static str],
    ) -> Inputs<'a> {
        Inputs {
            context,
            library,
            queries,
        }
    }

    /// Runs a query of the list.
    pub(crate) async fn run<P: Display>(
        &self,
        name: &str,
        parameters: &[(&str, P)],
    ) -> Result<Vec<RecordBatch>, ModelError> {
        let (query, bound) = self.bound(name, parameters)?;
        Ok(query::run(self.context, query, &bound).await?.batches)
    }

    /// As [`Inputs::run`], batch by batch.
    pub(crate) async fn stream<P: Display>(
        &self,
        name: &str,
        parameters: &[(&str, P)],
    ) -> Result<SendableRecordBatchStream, ModelError> {
        let (query, bound) = self.bound(name, parameters)?;
        Ok(query::stream(self.context, query, &bound).await?)
    }

    fn bound<P: Display>(&self, name: &str, parameters: &[(&str, P)]) -> Result<(&'a Query, Bound), ModelError> {
        if !self.queries.contains(&name) {
            return Err(ModelError::Unlisted { name: name.to_owned() });
        }
        let query = self
            .library
            .get(name)
            .ok_or_else(|| ModelError::NoQuery { name: name.to_owned() })?;
        let given: BTreeMap<String, String> = parameters
            .iter()
            .map(|(name, value)| ((*name).to_owned(), value.to_string()))
            .collect();
        let bound = query
            .bind(&given)
            .map_err(|_| ModelError::NoQuery { name: name.to_owned() })?;
        Ok((query, bound))
    }
}
