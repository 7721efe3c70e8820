//! Completing staged rows from rows of the lake: what an export without one of its files leaves empty.
//!
//! A row that replaces one of the lake keeps the looked-up columns that it has not; a row that names another (a refund
//! its order) takes them from there when the replaced row does not know either.

use std::collections::HashMap;
use std::sync::Arc;

use arrow::array::{Array, ArrayRef, Decimal128Array, RecordBatch, UInt64Array};
use arrow::datatypes::SchemaRef;

use super::super::LakeError;
use super::super::contract::{Inherited, LookedUp, MONEY_PRECISION, MONEY_SCALE, Table};
use super::MoneyColumn;
use super::rows::with_schema;

const DOING: &str = "completing staged rows";

/// Where in [`Completions`] a row of the lake was put.
type Place = (usize, usize);

/// Rows of the lake from which staged rows are completed: some 200 bytes for each staged row that needs it.
pub(super) struct Completions {
    table: &'static Table,
    schema: SchemaRef,
    /// Rows of the lake, as many batches as visits.
    batches: Vec<RecordBatch>,
    /// By staged row: the row it replaces.
    replaced: HashMap<u32, Place>,
    /// By staged row: the row it names.
    named: HashMap<u32, Place>,
}

impl Completions {
    pub(super) fn new(table: &'static Table) -> Completions {
        Completions {
            table,
            schema: table.schema(),
            batches: Vec::new(),
            replaced: HashMap::new(),
            named: HashMap::new(),
        }
    }

    /// Takes rows of the lake: `replaced` and `named` are pairs of a staged row and a row of the batch.
    pub(super) fn take(
        &mut self,
        batch: &RecordBatch,
        replaced: &[(u32, usize)],
        named: &[(u32, usize)],
    ) -> Result<(), LakeError> {
        let rows: Vec<u64> = replaced.iter().chain(named).map(|(_, row)| *row as u64).collect();
        if rows.is_empty() {
            return Ok(());
        }
        let taken =
            arrow::compute::take_record_batch(batch, &UInt64Array::from(rows)).map_err(LakeError::columns(DOING))?;
        let number = self.batches.len();
        self.batches.push(with_schema(&taken, &self.schema)?);
        let staged = |pairs: &[(u32, usize)], first: usize| -> Vec<(u32, Place)> {
            let places = pairs.iter().enumerate();
            places
                .map(|(at, (staged, _))| (*staged, (number, first + at)))
                .collect()
        };
        self.replaced.extend(staged(replaced, 0));
        self.named.extend(staged(named, replaced.len()));
        Ok(())
    }

    /// The batch of staged rows, the first of which has the number `first`, with what the lake knows.
    pub(super) fn complete(&self, batch: RecordBatch, first: usize) -> Result<RecordBatch, LakeError> {
        let numbers = || (0..batch.num_rows()).map(|row| u32::try_from(first + row).unwrap_or(u32::MAX));
        if numbers().all(|number| !self.replaced.contains_key(&number) && !self.named.contains_key(&number)) {
            return Ok(batch);
        }
        let mut completed = batch.clone();
        for looked_up in self.table.looked_up {
            let replaced: Vec<_> = numbers().map(|number| self.replaced.get(&number)).collect();
            completed = self.fill(&completed, looked_up, &replaced, Inherited::AsTheyAre)?;
            if looked_up.inherited != Inherited::No {
                let named: Vec<_> = numbers().map(|number| self.named.get(&number)).collect();
                completed = self.fill(&completed, looked_up, &named, looked_up.inherited)?;
            }
        }
        Ok(completed)
    }

    /// One group of columns filled where a row leaves all of them empty and has a place to take them from.
    fn fill(
        &self,
        batch: &RecordBatch,
        looked_up: &LookedUp,
        places: &[Option<&Place>],
        how: Inherited,
    ) -> Result<RecordBatch, LakeError> {
        let empty = |row: usize| {
            let mut columns = looked_up.columns.iter().filter_map(|name| batch.column_by_name(name));
            columns.all(|column| column.is_null(row))
        };
        let sources: Vec<Option<Place>> = places
            .iter()
            .enumerate()
            .map(|(row, place)| place.copied().filter(|_| empty(row)))
            .collect();
        let mut columns = batch.columns().to_vec();
        for name in looked_up.columns {
            let Ok(index) = batch.schema().index_of(name) else {
                continue;
            };
            columns[index] = match how {
                Inherited::AtTheRateTo(base) => self.at_rate(batch, name, base, &sources)?,
                _ => self.interleaved(&columns[index], name, &sources)?,
            };
        }
        RecordBatch::try_new(batch.schema(), columns).map_err(LakeError::columns(DOING))
    }

    fn interleaved(&self, own: &ArrayRef, name: &str, sources: &[Option<Place>]) -> Result<ArrayRef, LakeError> {
        let mut arrays: Vec<&dyn Array> = vec![own.as_ref()];
        for batch in &self.batches {
            let column = batch.column_by_name(name);
            arrays.push(column.map_or(own.as_ref(), |column| column.as_ref()));
        }
        let places: Vec<(usize, usize)> = sources
            .iter()
            .enumerate()
            .map(|(row, source)| source.map_or((0, row), |(batch, place)| (batch + 1, place)))
            .collect();
        arrow::compute::interleave(&arrays, &places).map_err(LakeError::columns(DOING))
    }

    /// Money at the rate that the named row has to its base, to the cent, halves away from zero.
    fn at_rate(
        &self,
        batch: &RecordBatch,
        name: &str,
        base: &str,
        sources: &[Option<Place>],
    ) -> Result<ArrayRef, LakeError> {
        let (own, own_base) = (MoneyColumn::of(batch, name), MoneyColumn::of(batch, base));
        let values: Decimal128Array = sources
            .iter()
            .enumerate()
            .map(|(row, source)| match source {
                None => own.at(row),
                Some((number, place)) => {
                    let from = &self.batches[*number];
                    let (part, whole) = (
                        MoneyColumn::of(from, name).at(*place)?,
                        MoneyColumn::of(from, base).at(*place)?,
                    );
                    in_proportion(own_base.at(row)?, part, whole)
                }
            })
            .collect();
        let values = values
            .with_precision_and_scale(MONEY_PRECISION, MONEY_SCALE)
            .map_err(LakeError::columns(DOING))?;
        Ok(Arc::new(values))
    }
}

/// `amount * part / whole` in cents, halves away from zero; none when the whole is zero.
fn in_proportion(amount: i128, part: i128, whole: i128) -> Option<i128> {
    if whole == 0 {
        return None;
    }
    let product = amount * part;
    let (twice, sign) = (2 * product.abs() + whole.abs(), product.signum() * whole.signum());
    Some(sign * (twice / (2 * whole.abs())))
}

#[cfg(test)]
mod tests {
    use super::in_proportion;

    #[test]
    fn a_share_is_rounded_half_away_from_zero() {
        assert_eq!(in_proportion(-1_000, 4_000, 10_000), Some(-400));
        assert_eq!(in_proportion(-1, 1, 2), Some(-1));
        assert_eq!(in_proportion(1, 1, 2), Some(1));
        assert_eq!(in_proportion(-100, -333, 1_000), Some(33));
        assert_eq!(in_proportion(-100, 333, 0), None);
    }
}
