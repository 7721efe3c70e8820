//! The market: residents and households of every H3 cell of resolution 8, spread from the communes' points.
//!
//! Only commune points are at hand, so each commune's residents are spread by the kernel of
//! [`chalandise_analytics::network::market`], clipped to its departement. Households = residents / 2.17, an assumption that
//! pages print. Spend potential = households x what the caller says a household can spend a year, and empty when he
//! does not say.

use std::collections::BTreeMap;
use std::sync::Arc;

use arrow::array::{ArrayRef, Decimal128Array, Float64Array, Int64Array, RecordBatch, StringArray, new_null_array};
use chalandise_analytics::network::market::{Boundary, households, spread_commune};

use chalandise_lake::{LakeError, Writer, contract};
use chalandise_locale::geography::{communes, departements};

use super::{Built, ModelError};

const TABLE: &str = "market_cells";

struct Cell {
    residents: f64,
    /// The commune with most residents in the cell, and how many.
    dominant: (usize, f64),
}

/// Writes `market_cells` when the lake has none, or when a spend is given. A market table that the retailer imported stands,
/// and refuses a spend beside its own.
///
/// `spend_per_household_cents`: what a household can spend a year on the retailer's goods.
///
/// # Errors
/// [`ModelError::OwnMarket`] when a spend is given beside an imported market; otherwise when the lake
/// cannot be written.
pub async fn market_cells(writer: &mut Writer, spend_per_household_cents: Option<i64>) -> Result<Built, ModelError> {
    if spend_per_household_cents.is_none()
        && let Some(table) = writer.table(TABLE).await?
    {
        return Ok(Built {
            table: TABLE.into(),
            rows: table.rows,
        });
    }
    if writer.was_imported(TABLE).await? {
        return Err(ModelError::OwnMarket);
    }
    let batch = batch(&spread(), spend_per_household_cents)?;
    let mut files = writer.files(TABLE, &batch.schema()).await?;
    files.write(&batch).await?;
    let added = files.finish().await?;
    writer.replace(TABLE, added, None).await?;
    Ok(Built {
        table: TABLE.into(),
        rows: batch.num_rows() as u64,
    })
}

/// Residents by cell; communes are added in the order of the file, so that sums are the same every time.
fn spread() -> BTreeMap<u64, Cell> {
    let outlines = departements().iter();
    let boundaries: Vec<Boundary> = outlines.map(|it| Boundary::new(it.outline.clone())).collect();
    let mut cells: BTreeMap<u64, Cell> = BTreeMap::new();
    for (index, commune) in communes().iter().enumerate() {
        let boundary = boundaries.get(commune.departement);
        for part in spread_commune(commune.point, f64::from(commune.residents), boundary) {
            let cell = cells.entry(u64::from(part.cell)).or_insert(Cell {
                residents: 0.0,
                dominant: (index, f64::NEG_INFINITY),
            });
            cell.residents += part.residents;
            if part.residents > cell.dominant.1 {
                cell.dominant = (index, part.residents);
            }
        }
    }
    cells
}

fn batch(cells: &BTreeMap<u64, Cell>, spend_cents: Option<i64>) -> Result<RecordBatch, ModelError> {
    let table = contract::table(TABLE).ok_or(LakeError::UnknownTable { table: TABLE.into() })?;
    let schema = table.schema();
    let commune = |cell: &Cell| communes().get(cell.dominant.0);
    let columns = table.columns.iter().map(|column| -> ArrayRef {
        match column.name {
            "h3_cell" => Arc::new(Int64Array::from_iter_values(
                cells.keys().map(|cell| cell.cast_signed()),
            )),
            "commune_code" => Arc::new(
                cells
                    .values()
                    .map(|cell| Some(commune(cell)?.code.as_str()))
                    .collect::<StringArray>(),
            ),
            "region" => Arc::new(
                cells
                    .values()
                    .map(|cell| Some(commune(cell)?.region))
                    .collect::<StringArray>(),
            ),
            "residents" => Arc::new(Float64Array::from_iter_values(
                cells.values().map(|cell| cell.residents),
            )),
            "households" => Arc::new(Float64Array::from_iter_values(
                cells.values().map(|cell| households(cell.residents)),
            )),
            "spend_potential" => Arc::new(potential(cells, spend_cents)),
            _ => new_null_array(&column.kind.data_type(), cells.len()),
        }
    });
    let columns = columns
        .zip(schema.fields())
        .map(|(column, field)| arrow::compute::cast(&column, field.data_type()))
        .collect::<Result<Vec<_>, _>>()
        .map_err(LakeError::columns("making the market's cells"))?;
    Ok(RecordBatch::try_new(schema, columns).map_err(LakeError::columns("making the market's cells"))?)
}

/// Spend potential in cents a year: a cell's households, a fraction, times a whole number of cents.
fn potential(cells: &BTreeMap<u64, Cell>, spend_cents: Option<i64>) -> Decimal128Array {
    let of = |cell: &Cell| spend_cents.map(|cents| (households(cell.residents) * cents as f64).round() as i128);
    let values: Decimal128Array = cells.values().map(of).collect();
    values.with_data_type(contract::Kind::Money.data_type())
}
