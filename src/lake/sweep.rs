//! Freeing disk: data files that operations replaced, or left behind when they were killed.
//!
//! An operation never changes a file; it writes new ones and a lake version that names them. So files pile up until they
//! are swept: those that neither the newest lake version names nor any that is younger than the limit, and that are
//! themselves older. A reader that pinned a version within the limit keeps all its files.

use std::collections::{BTreeSet, HashSet};

use chrono::{DateTime, Utc};
use futures::TryStreamExt;
use object_store::path::Path;
use object_store::{ObjectMeta, ObjectStore, ObjectStoreExt};

use super::{Lake, LakeError, Location, pinned, version};

/// What a sweep took away, or would take away.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Swept {
    /// Data files.
    pub files: u64,
    /// Their bytes.
    pub bytes: u64,
}

/// Removes data files that no lake version since `kept_since` names; with `dry_run` only counts them.
///
/// # Errors
/// [`LakeError::Locked`] while another operation writes, [`LakeError::Empty`] in a new lake; store and table errors.
pub async fn sweep(lake: &Lake, kept_since: DateTime<Utc>, dry_run: bool) -> Result<Swept, LakeError> {
    // Under the lock, so that no operation is writing files that its version will name.
    let writer = lake.writer().await?;
    let swept = remove(lake, kept_since, dry_run).await;
    writer.abandon().await?;
    swept
}

async fn remove(lake: &Lake, kept_since: DateTime<Utc>, dry_run: bool) -> Result<Swept, LakeError> {
    let location = lake.location();
    let named = named(lake, kept_since).await?;
    let mut swept = Swept::default();
    for object in data_files(location).await? {
        if object.last_modified >= kept_since || named.contains(object.location.as_ref()) {
            continue;
        }
        if !dry_run {
            let removed = location.rooted().delete(&object.location).await;
            removed.map_err(LakeError::store(format!("removing {}", object.location)))?;
        }
        swept.files += 1;
        swept.bytes += object.size;
    }
    Ok(swept)
}

/// Paths of the files of the newest lake version and of all that are young enough.
async fn named(lake: &Lake, kept_since: DateTime<Utc>) -> Result<HashSet<String>, LakeError> {
    let location = lake.location();
    let newest = lake.newest().await?.ok_or_else(|| LakeError::Empty {
        location: location.url.to_string(),
    })?;
    let mut tables = BTreeSet::new();
    for number in version::numbers(location).await? {
        let record = version::read(location, number).await?;
        // A version is in use until the next one is published; one more than needed is kept.
        if number == newest.number || record.created_at >= kept_since {
            tables.extend(record.tables.into_iter().map(|(name, at)| (name, at.version)));
        }
    }
    let mut paths = HashSet::new();
    for (name, at) in tables {
        let table = pinned::from_delta(lake.contract(), &name, &pinned::open(location, &name, Some(at)).await?)?;
        paths.extend(table.files.iter().map(|file| format!("tables/{name}/{}", file.path)));
    }
    Ok(paths)
}

/// Every data file below `tables/`, whether a version names it or not.
async fn data_files(location: &Location) -> Result<Vec<ObjectMeta>, LakeError> {
    let listed: Vec<ObjectMeta> = location
        .rooted()
        .list(Some(&Path::from("tables")))
        .try_collect()
        .await
        .map_err(LakeError::store("listing data files"))?;
    let is_data = |object: &ObjectMeta| {
        let path = object.location.as_ref();
        path.ends_with(".parquet") && !path.contains("/_delta_log/")
    };
    Ok(listed.into_iter().filter(is_data).collect())
}
