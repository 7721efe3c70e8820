//! What every model says of itself, so that a build knows when to compute it.

use std::fmt::Debug;

use async_trait::async_trait;

use chalandise_lake::Writer;
use chalandise_lake::contract::Table;

use super::ModelError;
use super::inputs::Inputs;

/// A table that a build wrote.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Built {
    /// Table.
    pub table: String,
    /// Rows.
    pub rows: u64,
}

/// What a model works with.
pub struct Run<'a> {
    /// What it reads.
    pub inputs: Inputs<'a>,
    /// Where it writes.
    pub writer: &'a mut Writer,
    /// Told what is being computed.
    pub began: &'a (dyn Fn(&str) + Sync),
}

/// A model: it reads what its queries give and writes its tables, whole. It is computed again when something that the queries read has
/// changed, or its settings, or the program.
#[async_trait]
pub trait Model: Debug + Send + Sync {
    /// Its name, for `build --only`.
    fn name(&self) -> &'static str;

    /// The queries of the library that it reads. It can run no other.
    fn queries(&self) -> &'static [&'static str];

    /// The tables that it writes, which are a part of the lake's contract. Where one is among those that it reads (last time's result), it is
    /// no reason to compute it again.
    fn tables(&self) -> Vec<Table>;

    /// Its settings, as a text that differs whenever results may.
    fn settings(&self) -> String {
        String::new()
    }

    /// Computes and writes the tables, as far as the data allow.
    ///
    /// # Errors
    /// [`ModelError`] when a query fails or the lake cannot be written. What cannot be computed is no error: the tables say so.
    async fn build(&self, run: &mut Run<'_>) -> Result<Vec<Built>, ModelError>;
}
