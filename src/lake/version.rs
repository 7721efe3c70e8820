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

use super::{LakeError, Location};

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
    /// Of a roll-up (rows computed from other tables, dropped when those change) the definition that made it: sessions
    /// under another definition compute the rows anew.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rollup: Option<String>,
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
