//! The one place where a pinned table becomes something that the engine can scan.
//!
//! A plain Parquet scan over the snapshot's file list, not Delta's own scan node: such plans can be serialised,
//! which a later cluster mode needs.

use std::sync::Arc;

use datafusion::datasource::TableProvider;
use datafusion::datasource::empty::EmptyTable;
use datafusion::datasource::file_format::parquet::ParquetFormat;
use datafusion::datasource::listing::{ListingOptions, ListingTable, ListingTableConfig, ListingTableUrl};
use datafusion::execution::cache::cache_manager::FileStatisticsCache;

use object_store::path::Path;

use super::LakeError;
use super::pinned::PinnedTable;

/// URL under which a session finds the lake's own store.
pub const STORE_URL: &str = "lake://data/";

/// The pinned table as a scan below `root`, the lake's path in its store; files never change under their name, so their statistics may be cached for good.
///
/// # Errors
/// [`LakeError::Engine`] when a file's path is no URL.
pub fn provider(
    table: &PinnedTable,
    root: &Path,
    statistics: Option<Arc<FileStatisticsCache>>,
) -> Result<Arc<dyn TableProvider>, LakeError> {
    if table.files.is_empty() {
        return Ok(Arc::new(EmptyTable::new(Arc::clone(&table.schema))));
    }
    let doing = || format!("opening the table `{}`", table.name);
    let urls = table
        .files
        .iter()
        .map(|file| ListingTableUrl::parse(format!("{STORE_URL}{root}/tables/{}/{}", table.name, file.path)))
        .collect::<Result<Vec<_>, _>>()
        .map_err(LakeError::engine(doing()))?;
    let options = ListingOptions::new(Arc::new(ParquetFormat::default())).with_file_extension(".parquet");
    let config = ListingTableConfig::new_with_multi_paths(urls)
        .with_listing_options(options)
        .with_schema(Arc::clone(&table.schema));
    let listing = ListingTable::try_new(config).map_err(LakeError::engine(doing()))?;
    Ok(Arc::new(listing.with_cache(statistics)))
}
