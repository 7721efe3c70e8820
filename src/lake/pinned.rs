//! A Delta table at one version: its schema and its file list, loaded once and shared.

use std::sync::Arc;

use arrow::datatypes::{DataType, Field, Schema, SchemaRef};
use deltalake::kernel::engine::arrow_conversion::TryIntoArrow;
use deltalake::{DeltaTable, DeltaTableBuilder};
use object_store::ObjectStoreExt;
use object_store::path::Path;

use super::contract::Contract;
use super::{LakeError, Location};

/// One Parquet file of a pinned table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DataFile {
    /// Path relative to the table's folder.
    pub path: String,
    /// Bytes.
    pub bytes: u64,
    /// Rows.
    pub rows: u64,
}

/// A table at one Delta version.
#[derive(Clone, Debug)]
pub struct PinnedTable {
    /// Name.
    pub name: String,
    /// Delta version.
    pub version: u64,
    /// Schema in which it is shown: the contract's for canonical tables.
    pub schema: SchemaRef,
    /// Files in the order of their paths.
    pub files: Vec<DataFile>,
    /// Rows of all files.
    pub rows: u64,
}

/// A Delta table object at `version`, or at its newest version.
pub(super) async fn open(location: &Location, name: &str, version: Option<u64>) -> Result<DeltaTable, LakeError> {
    let mut builder = builder(location, name)?;
    if let Some(version) = version {
        builder = builder.with_version(version);
    }
    builder.load().await.map_err(LakeError::delta(name, "opening it"))
}

/// A Delta table object without its state.
pub(super) fn builder(location: &Location, name: &str) -> Result<DeltaTableBuilder, LakeError> {
    let url = location.table_url(name);
    Ok(DeltaTableBuilder::from_url(url.clone())
        .map_err(LakeError::delta(name, "opening it"))?
        .with_storage_backend(Arc::clone(&location.store), url))
}

/// Loads the table's file list at one version.
///
/// # Errors
/// [`LakeError::Delta`] when the table or that version is missing or damaged.
pub async fn load(
    location: &Location,
    contract: &Contract,
    name: &str,
    version: u64,
) -> Result<PinnedTable, LakeError> {
    let table = open(location, name, Some(version)).await?;
    let pinned = from_delta(contract, name, &table)?;
    all_there(location, &pinned).await?;
    Ok(pinned)
}

/// Every file of the list stands where it should: a scan would take a missing one for an empty one.
async fn all_there(location: &Location, table: &PinnedTable) -> Result<(), LakeError> {
    for file in &table.files {
        let path = format!("tables/{}/{}", table.name, file.path);
        let wrong = |what: String| LakeError::DataFile {
            table: table.name.clone(),
            path: path.clone(),
            what,
        };
        let object = Path::parse(&path).map_err(LakeError::columns("reading the list of files"))?;
        match location.rooted().head(&object).await {
            Ok(found) if found.size == file.bytes => {}
            Ok(found) => {
                return Err(wrong(format!(
                    "of {} bytes and should be of {}",
                    found.size, file.bytes
                )));
            }
            Err(object_store::Error::NotFound { .. }) => return Err(wrong("missing".into())),
            Err(error) => return Err(LakeError::store(format!("looking for {path}"))(error)),
        }
    }
    Ok(())
}

pub(super) fn from_delta(contract: &Contract, name: &str, table: &DeltaTable) -> Result<PinnedTable, LakeError> {
    let state = table.snapshot().map_err(LakeError::delta(name, "reading its state"))?;
    let mut files: Vec<DataFile> = state
        .log_data()
        .iter()
        .map(|file| DataFile {
            path: file.path().into_owned(),
            bytes: u64::try_from(file.size()).unwrap_or(0),
            rows: file.num_records().unwrap_or(0) as u64,
        })
        .collect();
    files.sort_by(|a, b| a.path.cmp(&b.path));
    let schema = match contract.table(name) {
        Some(table) => table.schema(),
        None => {
            let stored: Schema = state
                .schema()
                .as_ref()
                .try_into_arrow()
                .map_err(LakeError::columns(format!("reading the schema of `{name}`")))?;
            shown(&stored)
        }
    };
    let rows = files.iter().map(|file| file.rows).sum();
    Ok(PinnedTable {
        name: name.to_owned(),
        version: state.version(),
        schema,
        files,
        rows,
    })
}

/// The schema in which a stored one is shown: text arrives as `Utf8View`, the engine's fast form.
pub fn shown(stored: &Schema) -> SchemaRef {
    let fields = stored.fields().iter().map(|field| {
        let kind = match field.data_type() {
            DataType::Utf8 | DataType::LargeUtf8 => DataType::Utf8View,
            other => other.clone(),
        };
        Field::new(field.name(), kind, field.is_nullable())
    });
    Arc::new(Schema::new(fields.collect::<Vec<_>>()))
}
