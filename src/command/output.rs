//! Rows to standard output or a file: table, csv, json, parquet.

use std::fs::File;
use std::io::Write;
use std::path::PathBuf;

use arrow::array::RecordBatch;
use arrow::datatypes::SchemaRef;
use clap::ValueEnum;
use parquet::arrow::ArrowWriter;

use super::CommandError;

/// Form of a result.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum Format {
    /// Drawn for reading.
    Table,
    /// A header line and the rows, exactly.
    Csv,
    /// An array of objects.
    Json,
    /// A Parquet file; needs --out.
    Parquet,
}

pub(super) fn write(
    schema: &SchemaRef,
    batches: &[RecordBatch],
    format: Format,
    out: Option<&PathBuf>,
) -> Result<(), CommandError> {
    if format == Format::Parquet && out.is_none() {
        return Err("parquet goes to a file: give --out FILE.parquet".into());
    }
    let mut sink: Box<dyn Write + Send> = match out {
        Some(path) => Box::new(std::io::BufWriter::new(
            File::create(path).map_err(|error| format!("{}: {error}", path.display()))?,
        )),
        None => Box::new(std::io::BufWriter::new(std::io::stdout())),
    };
    match format {
        Format::Table => table(schema, batches, &mut sink)?,
        Format::Csv => csv(schema, batches, &mut sink)?,
        Format::Json => json(batches, &mut sink)?,
        Format::Parquet => {
            let mut writer = ArrowWriter::try_new(&mut sink, schema.clone(), None)?;
            for batch in batches {
                writer.write(batch)?;
            }
            writer.close()?;
        }
    }
    sink.flush()?;
    Ok(())
}

fn table(schema: &SchemaRef, batches: &[RecordBatch], sink: &mut dyn Write) -> Result<(), CommandError> {
    let rows: usize = batches.iter().map(RecordBatch::num_rows).sum();
    let empty = [RecordBatch::new_empty(schema.clone())];
    let shown = if batches.is_empty() { &empty[..] } else { batches };
    writeln!(sink, "{}", arrow::util::pretty::pretty_format_batches(shown)?)?;
    writeln!(sink, "{rows} row{}", if rows == 1 { "" } else { "s" })?;
    Ok(())
}

fn csv(schema: &SchemaRef, batches: &[RecordBatch], sink: &mut dyn Write) -> Result<(), CommandError> {
    let mut writer = arrow::csv::WriterBuilder::new().with_header(true).build(sink);
    if batches.is_empty() {
        writer.write(&RecordBatch::new_empty(schema.clone()))?;
    }
    for batch in batches {
        writer.write(batch)?;
    }
    Ok(())
}

fn json(batches: &[RecordBatch], sink: &mut dyn Write) -> Result<(), CommandError> {
    let mut writer = arrow::json::ArrayWriter::new(&mut *sink);
    for batch in batches {
        writer.write(batch)?;
    }
    writer.finish()?;
    writeln!(sink)?;
    Ok(())
}
