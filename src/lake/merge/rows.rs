//! Reading rows for a merge: staged Parquet files, and data files of the lake, with their key and content hashes.

use std::fs::File;
use std::hash::{DefaultHasher, Hasher};
use std::num::NonZeroI64;
use std::path::PathBuf;
use std::sync::Arc;

use arrow::array::{Array, ArrayRef, BooleanArray, Int32Array, RecordBatch, TimestampMicrosecondArray, UInt64Array};
use arrow::buffer::BooleanBuffer;
use arrow::datatypes::{DataType, SchemaRef};
use arrow::row::{RowConverter, SortField};
use bytes::Bytes;
use object_store::ObjectStoreExt;
use object_store::path::Path;
use parquet::arrow::ProjectionMask;
use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;

use super::super::contract::Table;
use super::super::pinned::DataFile;
use super::super::writer::FileWriter;
use super::super::{LakeError, Location};

const BATCH_ROWS: usize = 64 * 1024;

/// What the index keeps of a staged row: 48 bytes.
#[derive(Clone, Copy, Debug)]
pub(super) struct Stamp {
    /// 128 bits of the hash of the key columns.
    pub(super) key: u128,
    /// Hash of all columns.
    pub(super) content: u64,
    /// `updated_at`, microseconds; the epoch itself is what systems write for none.
    pub(super) updated_at: Option<NonZeroI64>,
    /// Source file.
    pub(super) file: u32,
    /// Number in staged order; of no meaning where the row is withdrawn.
    pub(super) row: u32,
    /// The export has the row and says that it does not count.
    pub(super) withdrawn: bool,
    /// Groups of looked-up columns of the table that the row leaves empty, a bit each.
    pub(super) lacks: u8,
}

/// Key, content and stamp of a row.
pub(super) struct RowHash {
    /// As [`Stamp::key`].
    pub(super) key: u128,
    /// As [`Stamp::content`].
    pub(super) content: u64,
    /// As [`Stamp::updated_at`].
    pub(super) updated_at: Option<NonZeroI64>,
}

/// The staged rows of one table, in staged order.
pub(super) struct StagedRows<'a> {
    table: &'static Table,
    files: &'a [PathBuf],
}

/// Batches, one after the other.
pub type Batches<'a> = Box<dyn Iterator<Item = Result<RecordBatch, LakeError>> + Send + 'a>;

impl<'a> StagedRows<'a> {
    pub(super) fn new(table: &'static Table, files: &'a [PathBuf]) -> StagedRows<'a> {
        StagedRows { table, files }
    }

    pub(super) fn table(&self) -> &'static Table {
        self.table
    }

    /// All batches; each call reads from the start.
    pub(super) fn batches(&self) -> Result<Batches<'a>, LakeError> {
        staged_batches(self.table, self.files)
    }

    /// Number of rows, from the files' own counts.
    pub(super) fn count(&self) -> Result<usize, LakeError> {
        let mut count = 0;
        for path in self.files {
            let rows = open(self.table, path)?.metadata().file_metadata().num_rows();
            count += usize::try_from(rows).map_err(LakeError::columns("counting staged rows"))?;
        }
        Ok(count)
    }

    /// Appends the stamps of a batch.
    pub(super) fn stamp(&self, batch: &RecordBatch, stamps: &mut Vec<Stamp>) -> Result<(), LakeError> {
        let hashes = hashes(self.table, batch)?;
        let lacks = lacks(self.table, batch);
        for (row, (hash, lacks)) in hashes.into_iter().zip(lacks).enumerate() {
            let number =
                u32::try_from(stamps.len()).map_err(LakeError::columns("indexing more than four billion rows"))?;
            stamps.push(Stamp {
                key: hash.key,
                content: hash.content,
                updated_at: hash.updated_at,
                file: file_of(batch, row).cast_unsigned(),
                row: number,
                withdrawn: false,
                lacks,
            });
        }
        Ok(())
    }
}

/// Appends the stamps of the rows that an export has and that do not count.
pub(super) fn stamp_withdrawn(
    table: &'static Table,
    files: &[PathBuf],
    stamps: &mut Vec<Stamp>,
) -> Result<(), LakeError> {
    for batch in staged_batches(table, files)? {
        let batch = batch?;
        let stamp = updated_at(&batch);
        for (row, key) in key_hashes(table, &batch)?.into_iter().enumerate() {
            stamps.push(Stamp {
                key,
                content: 0,
                updated_at: at(stamp.as_ref(), row),
                file: file_of(&batch, row).cast_unsigned(),
                row: 0,
                withdrawn: true,
                lacks: 0,
            });
        }
    }
    Ok(())
}

/// Index of a staged row's source file, 0 when the table was staged without one.
pub(super) fn file_of(batch: &RecordBatch, row: usize) -> i32 {
    let column = batch
        .column_by_name("_file")
        .and_then(|column| column.as_any().downcast_ref::<Int32Array>());
    column.map_or(0, |files| files.value(row))
}

/// For each row the groups of looked-up columns that it leaves empty, a bit each.
fn lacks(table: &Table, batch: &RecordBatch) -> Vec<u8> {
    let mut lacks = vec![0; batch.num_rows()];
    for (group, looked_up) in table.looked_up.iter().enumerate() {
        let columns: Vec<_> = looked_up
            .columns
            .iter()
            .map(|name| batch.column_by_name(name))
            .collect();
        for (row, lacks) in lacks.iter_mut().enumerate() {
            let empty = columns
                .iter()
                .all(|column| column.is_none_or(|column| column.is_null(row)));
            *lacks |= u8::from(empty) << group;
        }
    }
    lacks
}

/// One data file of the lake, held in memory as it is stored (at most the writer's target size).
pub(super) struct RowReader<'a> {
    table: &'static Table,
    file: &'a DataFile,
    bytes: Bytes,
}

impl<'a> RowReader<'a> {
    pub(super) async fn open(
        location: &Location,
        table: &'static Table,
        file: &'a DataFile,
    ) -> Result<RowReader<'a>, LakeError> {
        let doing = || format!("reading rows of `{}`", table.name);
        let path = Path::parse(format!("tables/{}/{}", table.name, file.path)).map_err(LakeError::columns(doing()))?;
        let found = location.rooted().get(&path).await.map_err(LakeError::store(doing()))?;
        let bytes = found.bytes().await.map_err(LakeError::store(doing()))?;
        Ok(RowReader { table, file, bytes })
    }

    pub(super) fn rows(&self) -> u64 {
        self.file.rows
    }

    pub(super) fn table(&self) -> &'static Table {
        self.table
    }

    fn batches(&self, columns: Option<&[&str]>) -> Result<Batches<'static>, LakeError> {
        let doing = || format!("reading rows of `{}`", self.table.name);
        let mut builder =
            ParquetRecordBatchReaderBuilder::try_new(self.bytes.clone()).map_err(LakeError::columns(doing()))?;
        if let Some(columns) = columns {
            let mask = ProjectionMask::columns(builder.parquet_schema(), columns.iter().copied());
            builder = builder.with_projection(mask);
        }
        let reader = builder
            .with_batch_size(BATCH_ROWS)
            .build()
            .map_err(LakeError::columns(doing()))?;
        Ok(Box::new(reader.map(|batch| {
            batch.map_err(LakeError::columns("reading rows of the lake"))
        })))
    }

    /// Numbers of the rows that are wanted by their key and by the row of which they are a part, if the table has parts.
    pub(super) fn find(&self, wanted: impl Fn(u128, Option<u128>) -> bool) -> Result<Vec<usize>, LakeError> {
        let mut found = Vec::new();
        let mut first = 0;
        for batch in self.batches(Some(&self.table.key()))? {
            let batch = batch?;
            let keys = key_hashes(self.table, &batch)?;
            let wholes = whole_hashes(self.table, &batch)?;
            found.extend(
                keys.iter()
                    .enumerate()
                    .filter(|(row, key)| wanted(**key, wholes.as_ref().map(|wholes| wholes[*row])))
                    .map(|(row, _)| first + row),
            );
            first += keys.len();
        }
        Ok(found)
    }

    /// The rows with these (ascending) numbers, batch by batch: their numbers and the rows themselves.
    pub(super) fn visit(
        &self,
        rows: &[usize],
        mut visit: impl FnMut(&[usize], &RecordBatch) -> Result<(), LakeError>,
    ) -> Result<(), LakeError> {
        let (mut first, mut at) = (0, 0);
        for batch in self.batches(None)? {
            let batch = batch?;
            let end = at + rows[at..].partition_point(|row| *row < first + batch.num_rows());
            if end > at {
                let places = UInt64Array::from_iter_values(rows[at..end].iter().map(|row| (row - first) as u64));
                let found =
                    arrow::compute::take_record_batch(&batch, &places).map_err(LakeError::columns("selecting rows"))?;
                visit(&rows[at..end], &found)?;
            }
            at = end;
            first += batch.num_rows();
            if at == rows.len() {
                break;
            }
        }
        Ok(())
    }

    /// Copies all rows but the stale ones.
    pub(super) async fn copy_except(&self, stale: &BooleanBuffer, into: &mut FileWriter) -> Result<(), LakeError> {
        let mut first = 0;
        for batch in self.batches(None)? {
            let batch = batch?;
            let keep = !&stale.slice(first, batch.num_rows());
            first += batch.num_rows();
            let kept = arrow::compute::filter_record_batch(&batch, &BooleanArray::new(keep, None))
                .map_err(LakeError::columns("selecting rows"))?;
            into.write(&kept).await?;
        }
        Ok(())
    }
}

/// All batches of staged files, in order; each call reads from the start.
pub fn staged_batches<'a>(table: &'static Table, files: &'a [PathBuf]) -> Result<Batches<'a>, LakeError> {
    let mut readers = Vec::with_capacity(files.len());
    for path in files {
        let reader = open(table, path)?
            .with_batch_size(BATCH_ROWS)
            .build()
            .map_err(LakeError::columns("reading staged rows"))?;
        readers.push(reader.map(move |batch| batch.map_err(LakeError::columns("reading staged rows"))));
    }
    Ok(Box::new(readers.into_iter().flatten()))
}

fn open(table: &Table, path: &std::path::Path) -> Result<ParquetRecordBatchReaderBuilder<File>, LakeError> {
    let doing = || format!("reading staged rows of `{}`", table.name);
    let file = File::open(path).map_err(|source| LakeError::File {
        path: path.to_path_buf(),
        doing: doing(),
        source,
    })?;
    ParquetRecordBatchReaderBuilder::try_new(file).map_err(LakeError::columns(doing()))
}

/// The batch with the columns of `schema`, by name and cast; a column that it lacks is null.
pub fn with_schema(batch: &RecordBatch, schema: &SchemaRef) -> Result<RecordBatch, LakeError> {
    let doing = || "reading staged rows";
    let columns = schema
        .fields()
        .iter()
        .map(|field| match batch.column_by_name(field.name()) {
            Some(column) => arrow::compute::cast(column, field.data_type()).map_err(LakeError::columns(doing())),
            None => Ok(arrow::array::new_null_array(field.data_type(), batch.num_rows())),
        })
        .collect::<Result<Vec<_>, _>>()?;
    RecordBatch::try_new(Arc::clone(schema), columns).map_err(LakeError::columns(doing()))
}

/// The hashes of a batch's rows.
pub(super) fn hashes(table: &Table, batch: &RecordBatch) -> Result<Vec<RowHash>, LakeError> {
    let names: Vec<_> = table.columns.iter().map(|column| column.name).collect();
    let keys = key_hashes(table, batch)?;
    let contents = row_bytes(table, batch, &names, |bytes| {
        let mut hasher = DefaultHasher::new();
        hasher.write(bytes);
        hasher.finish()
    })?;
    let updated = updated_at(batch);
    Ok(keys
        .into_iter()
        .zip(contents)
        .enumerate()
        .map(|(row, (key, content))| RowHash {
            key,
            content,
            updated_at: at(updated.as_ref(), row),
        })
        .collect())
}

fn key_hashes(table: &Table, batch: &RecordBatch) -> Result<Vec<u128>, LakeError> {
    row_bytes(table, batch, &table.key(), key_hash)
}

/// For each row the key hash of the row of another table of which it is a part; none when the table has no parts.
pub(super) fn whole_hashes(table: &Table, batch: &RecordBatch) -> Result<Option<Vec<u128>>, LakeError> {
    let part = table
        .part_of()
        .map(|part| row_bytes(table, batch, &[part.column], key_hash));
    part.transpose()
}

/// For each row the key hash of the row of the same table that it names, where it names one.
pub(super) fn named_hashes(table: &Table, batch: &RecordBatch) -> Result<Vec<Option<u128>>, LakeError> {
    let Some(name) = table.names else {
        return Ok(vec![None; batch.num_rows()]);
    };
    let hashes = row_bytes(table, batch, &[name], key_hash)?;
    let column = batch.column_by_name(name);
    let names = |row| column.is_some_and(|column| column.is_valid(row));
    Ok(hashes
        .into_iter()
        .enumerate()
        .map(|(row, hash)| names(row).then_some(hash))
        .collect())
}

fn key_hash(bytes: &[u8]) -> u128 {
    let hash = blake3::hash(bytes);
    let mut half = [0; 16];
    half.copy_from_slice(&hash.as_bytes()[..16]);
    u128::from_le_bytes(half)
}

/// Each row's columns as bytes, in the contract's types, so that a staged and a stored row compare equal.
fn row_bytes<T>(
    table: &Table,
    batch: &RecordBatch,
    names: &[&str],
    hash: impl Fn(&[u8]) -> T,
) -> Result<Vec<T>, LakeError> {
    let doing = || format!("comparing rows of `{}`", table.name);
    let mut columns: Vec<ArrayRef> = Vec::with_capacity(names.len());
    let mut fields = Vec::with_capacity(names.len());
    for name in names {
        let kind = table.column(name).map(|column| column.kind.data_type());
        let Some(kind) = kind else { continue };
        let index = batch.schema().index_of(name).map_err(LakeError::columns(doing()))?;
        columns.push(arrow::compute::cast(batch.column(index), &kind).map_err(LakeError::columns(doing()))?);
        fields.push(SortField::new(kind));
    }
    let converter = RowConverter::new(fields).map_err(LakeError::columns(doing()))?;
    let rows = converter
        .convert_columns(&columns)
        .map_err(LakeError::columns(doing()))?;
    Ok(rows.iter().map(|row| hash(row.as_ref())).collect())
}

fn updated_at(batch: &RecordBatch) -> Option<TimestampMicrosecondArray> {
    let column: Arc<dyn Array> = Arc::clone(batch.column_by_name("updated_at")?);
    let kind = DataType::Timestamp(arrow::datatypes::TimeUnit::Microsecond, Some("UTC".into()));
    let cast = arrow::compute::cast(&column, &kind).ok()?;
    cast.as_any().downcast_ref::<TimestampMicrosecondArray>().cloned()
}

fn at(times: Option<&TimestampMicrosecondArray>, row: usize) -> Option<NonZeroI64> {
    let times = times.filter(|times| times.is_valid(row))?;
    NonZeroI64::new(times.value(row))
}
