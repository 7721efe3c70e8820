//! One operation on several tables: write files, commit them table by table, publish one lake version.
//!
//! Commits are invisible until the record is published, so an operation that dies anywhere leaves the lake as it
//! was: readers pin the record, and the next writer first puts every table back to it.

use std::collections::{BTreeMap, BTreeSet, HashSet};

use arrow::array::RecordBatch;
use arrow::datatypes::{Schema, SchemaRef};
use chrono::{NaiveDate, Utc};
use deltalake::DeltaTable;
use deltalake::kernel::engine::arrow_conversion::TryIntoKernel;
use deltalake::kernel::transaction::{CommitBuilder, CommitProperties};
use deltalake::kernel::{Action, Add, MetadataExt, StructType};
use deltalake::parquet::basic::{Compression, ZstdLevel};
use deltalake::parquet::file::properties::WriterProperties;
use deltalake::protocol::{DeltaOperation, SaveMode};
use deltalake::writer::{DeltaWriter, RecordBatchWriter};
use object_store::path::Path;

use super::contract::Contract;
use super::lock::Lock;
use super::pinned::{self, DataFile, PinnedTable};
use super::version::{self, Computed, LakeVersion, Operation, TableVersion};
use super::{LakeError, Location};

/// Bytes after which a data file is closed and the next begun.
const TARGET_FILE_BYTES: u64 = 128 * 1024 * 1024;
const ROW_GROUP_ROWS: usize = 256 * 1024;

/// The open operation: holds the lake's lock from [`Writer::begin`] to [`Writer::publish`] or [`Writer::abandon`].
pub struct Writer {
    location: Location,
    contract: &'static Contract,
    lock: Lock,
    base: Option<LakeVersion>,
    changed: BTreeMap<String, TableVersion>,
    /// Tables that are left out of the version to be published.
    left_out: BTreeSet<String>,
    currency: Option<String>,
    generated: bool,
    complete_through: BTreeMap<String, NaiveDate>,
    /// Delta versions that this operation has put back or committed: anything newer is another writer's.
    heads: BTreeMap<String, u64>,
}

impl Writer {
    /// Takes the lock and puts every table back to the newest lake version.
    ///
    /// # Errors
    /// [`LakeError::Locked`] while another writer works; store and table errors.
    pub async fn begin(location: &Location, contract: &'static Contract) -> Result<Writer, LakeError> {
        let lock = Lock::take(location).await?;
        let mut writer = Writer {
            location: location.clone(),
            contract,
            lock,
            base: None,
            changed: BTreeMap::new(),
            left_out: BTreeSet::new(),
            currency: None,
            generated: false,
            complete_through: BTreeMap::new(),
            heads: BTreeMap::new(),
        };
        match writer.open().await {
            Ok(()) => Ok(writer),
            Err(error) => {
                // The first failure is the one to tell; a lock that cannot be given back expires.
                let _ = writer.abandon().await;
                Err(error)
            }
        }
    }

    async fn open(&mut self) -> Result<(), LakeError> {
        self.base = version::newest(&self.location).await?;
        if let Some(base) = &self.base {
            self.currency.clone_from(&base.currency);
            self.generated = base.generated;
            self.complete_through.clone_from(&base.complete_through);
        }
        self.restore_all().await
    }

    /// What the tables of the lake are.
    pub fn contract(&self) -> &'static Contract {
        self.contract
    }

    /// The lake version that this operation starts from.
    pub fn base(&self) -> Option<&LakeVersion> {
        self.base.as_ref()
    }

    /// The table as this operation sees it: its own commits included.
    ///
    /// # Errors
    /// [`LakeError::Delta`] when the table cannot be read.
    pub async fn table(&self, name: &str) -> Result<Option<PinnedTable>, LakeError> {
        match self.version_of(name) {
            Some(table) => pinned::load(&self.location, self.contract, name, table.version)
                .await
                .map(Some),
            None => Ok(None),
        }
    }

    /// The tables as this operation sees them.
    pub fn tables(&self) -> BTreeMap<String, TableVersion> {
        let mut tables = self.base.as_ref().map(|base| base.tables.clone()).unwrap_or_default();
        tables.extend(self.changed.clone());
        tables.retain(|name, _| !self.left_out.contains(name));
        tables
    }

    fn version_of(&self, name: &str) -> Option<&TableVersion> {
        if self.left_out.contains(name) {
            return None;
        }
        self.recorded(name)
    }

    /// As [`Writer::version_of`], of a table that is left out too: Delta still knows it.
    fn recorded(&self, name: &str) -> Option<&TableVersion> {
        self.changed.get(name).or_else(|| self.base.as_ref()?.tables.get(name))
    }

    /// Whether an import gave rows of this table.
    ///
    /// # Errors
    /// [`LakeError::Record`] and store errors when the records of operations cannot be read.
    pub async fn was_imported(&self, name: &str) -> Result<bool, LakeError> {
        for number in version::numbers(&self.location).await? {
            let operation = version::read(&self.location, number).await?.operation;
            let tables = operation.account.get("tables").and_then(|tables| tables.as_array());
            let gave = |table: &serde_json::Value| table.get("table").is_some_and(|table| table == name);
            if operation.kind == "import" && tables.is_some_and(|tables| tables.iter().any(gave)) {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// Opens a writer of new files for `name`; the table is made when the lake has none.
    ///
    /// # Errors
    /// [`LakeError::Delta`] when the table cannot be made or opened, [`LakeError::LockLost`].
    pub async fn files(&mut self, name: &str, schema: &SchemaRef) -> Result<FileWriter, LakeError> {
        self.lock.check()?;
        let table = match self.recorded(name) {
            Some(_) => pinned::open(&self.location, name, None).await?,
            None => self.create(name, schema).await?,
        };
        self.is_own(name, &table)?;
        self.heads.insert(name.to_owned(), table.version().unwrap_or(0));
        let table = self.with_schema(name, table, schema).await?;
        FileWriter::new(name, &table)
    }

    /// The table with this schema: a roll-up's query may have other columns than when it was last stored.
    async fn with_schema(
        &mut self,
        name: &str,
        table: DeltaTable,
        schema: &SchemaRef,
    ) -> Result<DeltaTable, LakeError> {
        let failed = |doing: &'static str| LakeError::delta(name, doing);
        let wanted = stored_schema(name, schema)?;
        let state = table.snapshot().map_err(failed("reading its state"))?;
        if *state.schema() == wanted {
            return Ok(table);
        }
        let metadata = state
            .metadata()
            .clone()
            .with_schema(&wanted)
            .map_err(LakeError::columns(format!("changing the columns of `{name}`")))?;
        let version = commit_actions(&table, name, vec![Action::Metadata(metadata)]).await?;
        self.heads.insert(name.to_owned(), version);
        pinned::open(&self.location, name, None).await
    }

    /// Commits new files and drops `removed` ones (paths), in one Delta commit.
    ///
    /// # Errors
    /// [`LakeError::Delta`] when the commit fails, [`LakeError::LockLost`].
    pub async fn commit(&mut self, name: &str, added: NewFiles, removed: &[DataFile]) -> Result<(), LakeError> {
        let before = self.version_of(name).map_or(0, |at| at.rows);
        let kept = before - removed.iter().map(|file| file.rows).sum::<u64>();
        let dropped: HashSet<&str> = removed.iter().map(|file| file.path.as_str()).collect();
        self.commit_where(name, added, kept, |path| dropped.contains(path))
            .await
    }

    /// Commits new files and drops those whose path `is_dropped`; `kept` rows stay.
    async fn commit_where(
        &mut self,
        name: &str,
        added: NewFiles,
        kept: u64,
        is_dropped: impl Fn(&str) -> bool,
    ) -> Result<(), LakeError> {
        self.lock.check()?;
        let failed = |doing: &'static str| LakeError::delta(name, doing);
        // After `restore_all` the newest Delta version has the record's files, whatever its number.
        let table = pinned::open(&self.location, name, None).await?;
        self.is_own(name, &table)?;
        let state = table.snapshot().map_err(failed("reading its state"))?;
        let mut actions: Vec<Action> = state
            .log_data()
            .iter()
            .filter(|file| is_dropped(file.path().as_ref()))
            .map(|file| Action::Remove(file.remove_action(true)))
            .collect();
        actions.extend(added.adds.into_iter().map(Action::Add));
        let version = commit_actions(&table, name, actions).await?;
        self.heads.insert(name.to_owned(), version);
        self.changed.insert(
            name.to_owned(),
            TableVersion {
                version,
                rows: kept + added.rows,
                rollup: None,
                computed: None,
            },
        );
        self.left_out.remove(name);
        Ok(())
    }

    /// Commits new files in place of all that the table held; `rollup` is the definition of rows that are computed
    /// from other tables.
    ///
    /// # Errors
    /// As [`Writer::commit`].
    pub async fn replace(&mut self, name: &str, added: NewFiles, rollup: Option<String>) -> Result<(), LakeError> {
        // All that Delta's newest version holds, also what `leave_out` has taken out of the lake version.
        self.commit_where(name, added, 0, |_| true).await?;
        if let Some(table) = self.changed.get_mut(name) {
            table.rollup = rollup;
        }
        Ok(())
    }

    /// Says what the rows of a table that this operation has computed follow from.
    pub fn stamp(&mut self, name: &str, computed: &Computed) {
        if let Some(table) = self.changed.get_mut(name) {
            table.computed = Some(computed.clone());
        }
    }

    /// Leaves tables out of the version to be published, unless they are written again.
    pub fn leave_out<'a>(&mut self, names: impl IntoIterator<Item = &'a str>) {
        for name in names {
            self.changed.remove(name);
            self.left_out.insert(name.to_owned());
        }
    }

    /// Takes back what this operation has done to tables: they stay as they were. What was committed of them stays out of sight,
    /// and the next operation undoes it.
    pub fn keep_as_before<'a>(&mut self, names: impl IntoIterator<Item = &'a str>) {
        for name in names {
            self.changed.remove(name);
            self.left_out.remove(name);
        }
    }

    /// The currency of all money, once it is known; a later word on it changes nothing.
    pub fn set_currency(&mut self, currency: &str) {
        self.currency.get_or_insert_with(|| currency.to_owned());
    }

    /// Marks the retailer as a generated one.
    pub fn set_generated(&mut self) {
        self.generated = true;
    }

    /// The last day that a source says it has delivered completely.
    pub fn set_complete_through(&mut self, source: &str, day: NaiveDate) {
        self.complete_through.insert(source.to_owned(), day);
    }

    /// The lake version that this operation would publish now, for reading its own commits; it is not on record.
    ///
    /// # Errors
    /// [`LakeError::LockLost`] when another writer took over.
    pub fn pending(&self) -> Result<LakeVersion, LakeError> {
        self.lock.check()?;
        Ok(self.record(Operation {
            kind: "pending".into(),
            name: String::new(),
            definition: String::new(),
            inputs: Vec::new(),
            account: serde_json::Value::Null,
        }))
    }

    fn record(&self, operation: Operation) -> LakeVersion {
        let base = self.base.as_ref();
        let mut record = LakeVersion {
            number: base.map_or(1, |base| base.number + 1),
            created_at: Utc::now(),
            operation,
            tables: self.tables(),
            currency: self.currency.clone(),
            generated: self.generated,
            complete_through: self.complete_through.clone(),
        };
        record.leave_out_old_rollups(|name| self.contract.table(name).is_some());
        record
    }

    /// Ends the operation: writes the lake version that makes it visible, and gives the lock back.
    ///
    /// # Errors
    /// [`LakeError::LockLost`] when another writer published meanwhile; store errors. Nothing is visible then.
    pub async fn publish(self, operation: Operation) -> Result<LakeVersion, LakeError> {
        self.lock.check()?;
        let record = self.record(operation);
        let published = version::publish(&self.location, &record).await;
        // Whatever came of it, a lock that cannot be given back expires, and is not what the caller is to hear of.
        if let Err(error) = self.lock.release().await {
            tracing::debug!(%error, "the lake's lock ends by expiry");
        }
        published.map(|()| record)
    }

    /// Ends the operation without a trace: commits made stay invisible and the next writer undoes them.
    ///
    /// # Errors
    /// [`LakeError::Store`] when the lock cannot be given back (it then expires).
    pub async fn abandon(self) -> Result<(), LakeError> {
        self.lock.release().await
    }

    async fn create(&self, name: &str, schema: &SchemaRef) -> Result<DeltaTable, LakeError> {
        let failed = |doing: &'static str| LakeError::delta(name, doing);
        let blank = pinned::builder(&self.location, name)?
            .build()
            .map_err(failed("making it"))?;
        if blank
            .verify_deltatable_existence()
            .await
            .map_err(failed("looking for it"))?
        {
            // Left by an operation that died: emptied by `restore_all`, so its newest version is an empty table.
            return pinned::open(&self.location, name, None).await;
        }
        let stored = stored_schema(name, schema)?;
        blank
            .create()
            .with_table_name(name)
            .with_columns(stored.fields().cloned())
            .await
            .map_err(failed("making it"))
    }

    /// Puts every table back to the record: commits past it belong to operations that never ended.
    async fn restore_all(&mut self) -> Result<(), LakeError> {
        for name in table_folders(&self.location).await? {
            let failed = |doing: &'static str| LakeError::delta(&name, doing);
            let blank = pinned::builder(&self.location, &name)?
                .build()
                .map_err(failed("opening it"))?;
            if !blank
                .verify_deltatable_existence()
                .await
                .map_err(failed("looking for it"))?
            {
                continue;
            }
            let newest = pinned::open(&self.location, &name, None).await?;
            let current = newest.version().unwrap_or(0);
            let head = match self.version_of(&name) {
                Some(at) if at.version == current => current,
                Some(at) => {
                    let target = pinned::open(&self.location, &name, Some(at.version)).await?;
                    put_back(&name, &newest, Some(&target)).await?
                }
                None => put_back(&name, &newest, None).await?,
            };
            self.heads.insert(name, head);
        }
        Ok(())
    }

    /// Fails when the newest Delta version is not of this operation: a writer that slept past its lock's expiry has
    /// committed beside us, or we have slept.
    fn is_own(&self, name: &str, table: &DeltaTable) -> Result<(), LakeError> {
        match self.heads.get(name) {
            Some(head) if table.version() != Some(*head) => Err(LakeError::LockLost),
            _ => Ok(()),
        }
    }
}

/// Commits what makes `newest` hold the files of `target` (none: no files) again.
///
/// Our own rather than the library's restore, which refuses when the files already agree and cannot empty a table.
#[expect(
    deprecated,
    reason = "the advised replacement gives columns, and a commit needs actions"
)]
async fn put_back(name: &str, newest: &DeltaTable, target: Option<&DeltaTable>) -> Result<u64, LakeError> {
    let failed = |doing: &'static str| LakeError::delta(name, doing);
    let current = newest.snapshot().map_err(failed("reading its state"))?;
    let mut wanted: BTreeMap<String, Add> = BTreeMap::new();
    let mut actions = Vec::new();
    if let Some(target) = target {
        let target = target.snapshot().map_err(failed("reading its state"))?;
        for file in target.log_data().iter() {
            wanted.insert(file.path().into_owned(), file.add_action());
        }
        if target.schema() != current.schema() {
            actions.push(Action::Metadata(target.metadata().clone()));
        }
    }
    for file in current.log_data().iter() {
        if wanted.remove(file.path().as_ref()).is_none() {
            actions.push(Action::Remove(file.remove_action(true)));
        }
    }
    actions.extend(wanted.into_values().map(Action::Add));
    if actions.is_empty() {
        return Ok(current.version());
    }
    commit_actions(newest, name, actions).await
}

async fn commit_actions(table: &DeltaTable, name: &str, actions: Vec<Action>) -> Result<u64, LakeError> {
    let failed = |doing: &'static str| LakeError::delta(name, doing);
    let state = table.snapshot().map_err(failed("reading its state"))?;
    let operation = DeltaOperation::Write {
        mode: SaveMode::Append,
        partition_by: None,
        predicate: None,
    };
    let committed = CommitBuilder::from(CommitProperties::default())
        .with_actions(actions)
        .build(Some(state), table.log_store(), operation)
        .await
        .map_err(failed("committing"))?;
    Ok(committed.version())
}

/// The schema as Delta keeps it.
fn stored_schema(name: &str, schema: &SchemaRef) -> Result<StructType, LakeError> {
    schema
        .as_ref()
        .try_into_kernel()
        .map_err(LakeError::columns(format!("making the table `{name}`")))
}

async fn table_folders(location: &Location) -> Result<Vec<String>, LakeError> {
    let listed = location
        .rooted()
        .list_with_delimiter(Some(&Path::from("tables")))
        .await
        .map_err(LakeError::store("listing tables"))?;
    Ok(listed
        .common_prefixes
        .iter()
        .filter_map(|path| path.filename().map(str::to_owned))
        .collect())
}

/// Files written and not yet committed.
#[derive(Debug, Default)]
pub struct NewFiles {
    adds: Vec<Add>,
    rows: u64,
}

impl NewFiles {
    /// Whether nothing was written.
    pub fn is_empty(&self) -> bool {
        self.adds.is_empty()
    }
}

/// Writes record batches into new data files of one table, streaming: memory is bounded by one row group.
pub struct FileWriter {
    name: String,
    inner: RecordBatchWriter,
    schema: SchemaRef,
    rows: u64,
}

impl FileWriter {
    fn new(name: &str, table: &DeltaTable) -> Result<FileWriter, LakeError> {
        let level = ZstdLevel::try_new(3).map_err(LakeError::columns("choosing the compression"))?;
        let properties = WriterProperties::builder()
            .set_compression(Compression::ZSTD(level))
            .set_max_row_group_row_count(Some(ROW_GROUP_ROWS))
            .build();
        let inner = RecordBatchWriter::for_table(table)
            .map_err(LakeError::delta(name, "opening a writer"))?
            .with_writer_properties(properties)
            .with_target_file_size(TARGET_FILE_BYTES);
        let schema = inner.arrow_schema();
        Ok(FileWriter {
            name: name.to_owned(),
            inner,
            schema,
            rows: 0,
        })
    }

    /// Writes one batch; its columns must be the table's, by name.
    ///
    /// # Errors
    /// [`LakeError::Columns`] when a column is missing or of another type, [`LakeError::Delta`] when the store fails.
    pub async fn write(&mut self, batch: &RecordBatch) -> Result<(), LakeError> {
        let batch = conform(&self.name, batch, &self.schema)?;
        self.rows += batch.num_rows() as u64;
        self.inner
            .write(batch)
            .await
            .map_err(LakeError::delta(&self.name, "writing rows"))
    }

    /// Closes the files.
    ///
    /// # Errors
    /// [`LakeError::Delta`] when the store fails.
    pub async fn finish(mut self) -> Result<NewFiles, LakeError> {
        if self.rows == 0 {
            return Ok(NewFiles::default());
        }
        let adds = self
            .inner
            .flush()
            .await
            .map_err(LakeError::delta(&self.name, "closing files"))?;
        Ok(NewFiles { adds, rows: self.rows })
    }
}

/// The batch with the table's columns in the table's order and types.
fn conform(name: &str, batch: &RecordBatch, schema: &Schema) -> Result<RecordBatch, LakeError> {
    let doing = || format!("writing `{name}`");
    let columns = schema
        .fields()
        .iter()
        .map(|field| {
            let index = batch
                .schema()
                .index_of(field.name())
                .map_err(LakeError::columns(doing()))?;
            arrow::compute::cast(batch.column(index), field.data_type()).map_err(LakeError::columns(doing()))
        })
        .collect::<Result<Vec<_>, _>>()?;
    RecordBatch::try_new(schema.clone().into(), columns).map_err(LakeError::columns(doing()))
}
