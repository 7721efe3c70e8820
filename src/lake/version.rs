//! Lake versions: one record per finished operation, naming the Delta version of every table.
//!
//! Delta commits one table at a time; an import touches several. A record is written last, put-if-absent, and
//! readers pin the newest record and nothing else, so an operation is seen whole or not at all.

use std::collections::BTreeMap;

use chrono::{DateTime, NaiveDate, Utc};
use futures::TryStreamExt;
use object_store::path::Path;
use object_store::{ObjectStore, PutMode, PutOptions};
use serde::{Deserialize, Serialize};

use super::{LakeError, Location, completeness};

const FOLDER: &str = "_chalandise/versions";

/// One state of the whole lake.
#[derive(Clone, Debug, Serialize, Deserialize, PartialEq)]
pub struct LakeVersion {
    /// Counts from 1.
    pub number: u64,
    /// When the operation ended.
    pub created_at: DateTime<Utc>,
    /// What was done.
    pub operation: Operation,
    /// Every table of the lake, with its Delta version and size.
    pub tables: BTreeMap<String, TableVersion>,
    /// ISO 4217 code of every money column; set by the first import.
    pub currency: Option<String>,
    /// Whether the retailer in this lake is generated, which every page must say.
    #[serde(default)]
    pub generated: bool,
    /// Last day that a source says it has delivered completely.
    #[serde(default)]
    pub complete_through: BTreeMap<String, NaiveDate>,
}

/// A table's pinned state.
#[derive(Clone, Debug, Serialize, Deserialize, PartialEq, Eq)]
pub struct TableVersion {
    /// Delta version.
    pub version: u64,
    /// Rows.
    pub rows: u64,
    /// Of a computed table the definition that made it (of a roll-up its SQL, of a model's table its columns): rows made by
    /// another definition are not shown.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rollup: Option<String>,
    /// Of a computed table what it was computed from.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub computed: Option<Computed>,
}

/// What a table was computed from, and when.
#[derive(Clone, Debug, Serialize, Deserialize, PartialEq, Eq)]
pub struct Computed {
    /// The state of every table that was read, as [`LakeVersion::state_of`] gives it: with the same states the rows are those
    /// that would be computed now.
    pub inputs: BTreeMap<String, String>,
    /// What else the rows follow from: SQL, settings and program, as one hash.
    pub by: String,
    /// Last day of the orders that were read, as far as there were any.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub as_of: Option<NaiveDate>,
    /// The lake version in which the table was computed.
    pub lake_version: u64,
}

impl LakeVersion {
    /// The state of a table, as a text that changes whenever its rows may have changed. The days that sources say they have
    /// delivered have a state of their own, under [`completeness::TABLE`].
    pub fn state_of(&self, table: &str) -> String {
        if table == completeness::TABLE {
            let days = self.complete_through.iter();
            return days.map(|(source, day)| format!("{source} {day};")).collect();
        }
        match self.tables.get(table) {
            Some(at) => at.version.to_string(),
            None => String::new(),
        }
    }

    /// The states of tables, as [`Computed::inputs`] keeps them.
    pub fn states_of<'a>(&self, tables: impl IntoIterator<Item = &'a str>) -> BTreeMap<String, String> {
        let states = tables.into_iter().map(|table| (table.to_owned(), self.state_of(table)));
        states.collect()
    }

    /// Whether nothing that a computed table was computed from has changed since.
    pub fn is_current(&self, computed: &Computed) -> bool {
        computed
            .inputs
            .iter()
            .all(|(table, state)| self.state_of(table) == *state)
    }

    /// Leaves out the roll-ups of which something that they read has changed: they would no longer match the orders. Tables of
    /// models, which are those of the contract, stay: they say of which day they are.
    pub(super) fn leave_out_old_rollups(&mut self, is_of_contract: impl Fn(&str) -> bool) {
        let is_old = |version: &LakeVersion, name: &str, table: &TableVersion| {
            let current = table
                .computed
                .as_ref()
                .is_some_and(|computed| version.is_current(computed));
            table.rollup.is_some() && !is_of_contract(name) && !current
        };
        let old: Vec<String> = self
            .tables
            .iter()
            .filter(|(name, table)| is_old(self, name, table))
            .map(|(name, _)| name.clone())
            .collect();
        self.tables.retain(|name, _| !old.contains(name));
    }
}

/// What an operation was.
#[derive(Clone, Debug, Serialize, Deserialize, PartialEq)]
pub struct Operation {
    /// `import`, `build`, or [`Operation::ROLL_UPS`].
    pub kind: String,
    /// Mapping of an import, or the models of a build.
    pub name: String,
    /// Hash of the mapping's text and of the options under which rows are read: under others the same files may give
    /// other rows.
    #[serde(default)]
    pub definition: String,
    /// Source files, by name and content hash.
    #[serde(default)]
    pub inputs: Vec<InputFile>,
    /// The account, as printed.
    #[serde(default)]
    pub account: serde_json::Value,
}

impl Operation {
    /// Kind of a build that stored the roll-ups, and whose models are to follow.
    pub const ROLL_UPS: &str = "roll-ups";
}

/// A source file as the lake remembers it.
#[derive(Clone, Debug, Serialize, Deserialize, PartialEq, Eq)]
pub struct InputFile {
    /// File name, without its folder.
    pub name: String,
    /// Size in bytes.
    pub bytes: u64,
    /// BLAKE3 of the content, hexadecimal.
    pub hash: String,
}

fn path_of(number: u64) -> Path {
    Path::from(format!("{FOLDER}/{number:020}.json"))
}

/// The numbers of all records, ascending.
///
/// # Errors
/// [`LakeError::Store`] when the store fails.
pub async fn numbers(location: &Location) -> Result<Vec<u64>, LakeError> {
    let listed: Vec<_> = location
        .rooted()
        .list(Some(&Path::from(FOLDER)))
        .try_collect()
        .await
        .map_err(LakeError::store("listing lake versions"))?;
    let mut numbers: Vec<u64> = listed
        .iter()
        .filter_map(|object| object.location.filename()?.strip_suffix(".json")?.parse().ok())
        .collect();
    numbers.sort_unstable();
    Ok(numbers)
}

/// One record.
///
/// # Errors
/// [`LakeError::Record`] when it is missing or not a record, [`LakeError::Store`] when the store fails.
pub async fn read(location: &Location, number: u64) -> Result<LakeVersion, LakeError> {
    let path = path_of(number);
    let wrong = |reason: String| LakeError::Record {
        path: path.to_string(),
        reason,
    };
    let bytes = location
        .read(&path)
        .await?
        .ok_or_else(|| wrong("it is missing".into()))?;
    serde_json::from_slice(&bytes).map_err(|error| wrong(error.to_string()))
}

/// The newest record, or none in a new lake.
///
/// # Errors
/// As [`read`].
pub async fn newest(location: &Location) -> Result<Option<LakeVersion>, LakeError> {
    match numbers(location).await?.last() {
        Some(&number) => read(location, number).await.map(Some),
        None => Ok(None),
    }
}

/// Writes a record if its number is still free.
///
/// # Errors
/// [`LakeError::LockLost`] when another writer took the number, [`LakeError::Store`] when the store fails.
pub async fn publish(location: &Location, record: &LakeVersion) -> Result<(), LakeError> {
    let body = serde_json::to_vec_pretty(record).map_err(LakeError::columns("writing the lake version record"))?;
    let options = PutOptions {
        mode: PutMode::Create,
        ..PutOptions::default()
    };
    match location
        .rooted()
        .put_opts(&path_of(record.number), body.into(), options)
        .await
    {
        Ok(_) => Ok(()),
        Err(object_store::Error::AlreadyExists { .. }) => Err(LakeError::LockLost),
        Err(error) => Err(LakeError::store("writing the lake version record")(error)),
    }
}
