//! An answer as the tables of the contract.

use chalandise_analytics::numeric::special::{Z_80, Z_95};
use std::collections::BTreeMap;

use arrow::array::RecordBatch;

use crate::ModelError;
use crate::store::{self, Columns};
use chalandise_lake::LakeError;

use super::amount::Changes;
use super::answer::Answer;
use super::contract;

impl Answer {
    /// The table `compared_cells` of this scenario and another.
    ///
    /// # Errors
    /// When a row does not fit its table.
    pub fn beside(&self, second: &Answer) -> Result<(String, RecordBatch), ModelError> {
        compared(self, second)
    }

    /// The tables of the contract, by name.
    ///
    /// # Errors
    /// When a row does not fit its table.
    pub fn tables(&self) -> Result<Vec<(String, RecordBatch)>, ModelError> {
        tables(self)
    }
}

pub(super) fn tables(answer: &Answer) -> Result<Vec<(String, RecordBatch)>, ModelError> {
    let mut tables = Vec::new();
    let mut add = |name: &str, batch: RecordBatch| -> Result<(), ModelError> {
        tables.push((name.to_owned(), conformed(name, &batch)?));
        Ok(())
    };
    add("scenario_changes", changes(answer)?)?;
    add("scenario_stores", stores(answer)?)?;
    add("scenario_totals", totals(answer)?)?;
    add("scenario_transfers", transfers(answer)?)?;
    add("scenario_cells", cells(answer)?)?;
    add("scenario_steps", steps(answer)?)?;
    add("scenario_assumptions", assumptions(answer)?)?;
    Ok(tables)
}

/// The rows in the columns and types of the contract.
pub(super) fn conformed(name: &str, batch: &RecordBatch) -> Result<RecordBatch, ModelError> {
    let table = contract::named(name).ok_or_else(|| LakeError::UnknownTable { table: name.to_owned() })?;
    store::conformed(name, &table.schema(), batch)
}

/// The columns of a changed amount.
pub(super) fn changed<'a, T>(columns: Columns<'a, T>, of: impl Fn(&'a T) -> Changes + Copy) -> Columns<'a, T> {
    columns
        .number("before", move |row| Some(of(row).before))
        .number("after", move |row| Some(of(row).after))
        .number("change", move |row| Some(of(row).change))
        .number("low_80", move |row| Some(of(row).bound(-Z_80)))
        .number("high_80", move |row| Some(of(row).bound(Z_80)))
        .number("low_95", move |row| Some(of(row).bound(-Z_95)))
        .number("high_95", move |row| Some(of(row).bound(Z_95)))
        .number("parameter_error", move |row| Some(of(row).from_parameters.sqrt()))
        .number("model_error", move |row| Some(of(row).from_model.sqrt()))
}

fn changes(answer: &Answer) -> Result<RecordBatch, ModelError> {
    let rows: Vec<(usize, &super::plan::Changed)> = answer.changes.iter().enumerate().collect();
    Columns::of(&rows)
        .count("number", |(place, _)| i64::try_from(place + 1).ok())
        .text("kind", |(_, changed)| Some(changed.kind))
        .text("store_id", |(_, changed)| {
            Some(changed.id.as_str()).filter(|id| !id.starts_with("new-"))
        })
        .text("name", |(_, changed)| Some(&changed.name))
        .number("latitude", |(_, changed)| Some(changed.place.lat()))
        .number("longitude", |(_, changed)| Some(changed.place.lng()))
        .number("sales_area_m2", |(_, changed)| changed.sales_area_m2)
        .batch("scenario_changes")
}

fn stores(answer: &Answer) -> Result<RecordBatch, ModelError> {
    let columns = Columns::of(&answer.sites)
        .text("store_id", |site| Some(&site.id))
        .text("name", |site| Some(&site.name))
        .text("role", |site| Some(if site.competitor { "competitor" } else { "own" }))
        .text("changed", |site| Some(site.changed))
        .number("latitude", |site| Some(site.latitude))
        .number("longitude", |site| Some(site.longitude))
        .number("sales_area_m2", |site| site.sales_area_m2)
        .number("distance_km", |site| site.distance_km)
        .number("observed", |site| site.observed);
    changed(columns, |site| site.amount).batch("scenario_stores")
}

fn totals(answer: &Answer) -> Result<RecordBatch, ModelError> {
    let columns = Columns::of(&answer.totals).text("total", |total| Some(total.name));
    changed(columns, |total| total.amount).batch("scenario_totals")
}

fn transfers(answer: &Answer) -> Result<RecordBatch, ModelError> {
    Columns::of(&answer.transfers)
        .text("from_id", |transfer| Some(&transfer.from.0))
        .text("to_id", |transfer| Some(&transfer.to.0))
        .text("from_name", |transfer| Some(&transfer.from.1))
        .text("to_name", |transfer| Some(&transfer.to.1))
        .number("amount", |transfer| Some(transfer.amount))
        .batch("scenario_transfers")
}

fn cells(answer: &Answer) -> Result<RecordBatch, ModelError> {
    Columns::of(&answer.cells)
        .count("h3_cell", |cell| Some(cell.cell.cast_signed()))
        .number("residents", |cell| Some(cell.residents))
        .number("before", |cell| Some(cell.before))
        .number("after", |cell| Some(cell.after))
        .batch("scenario_cells")
}

fn steps(answer: &Answer) -> Result<RecordBatch, ModelError> {
    let rows: Vec<(usize, &super::answer::Step)> = answer.steps.iter().enumerate().collect();
    Columns::of(&rows)
        .count("step", |(place, _)| i64::try_from(place + 1).ok())
        .text("kind", |(_, step)| Some(step.kind))
        .text("name", |(_, step)| {
            Some(step.name.as_str()).filter(|name| !name.is_empty())
        })
        .count("stores", |(_, step)| i64::try_from(step.stores).ok())
        .number("amount", |(_, step)| Some(step.amount))
        .number("from_amount", |(_, step)| Some(step.from))
        .number("to_amount", |(_, step)| Some(step.to))
        .batch("scenario_steps")
}

fn assumptions(answer: &Answer) -> Result<RecordBatch, ModelError> {
    Columns::of(&answer.assumed)
        .text("assumption", |assumed| Some(assumed.name))
        .number("value", |assumed| assumed.value)
        .text("source", |assumed| Some(assumed.source))
        .batch("scenario_assumptions")
}

/// The cells of two scenarios side by side.
pub(super) fn compared(first: &Answer, second: &Answer) -> Result<(String, RecordBatch), ModelError> {
    let mut cells: BTreeMap<u64, (f64, f64, f64)> = BTreeMap::new();
    for cell in &first.cells {
        let of = cells.entry(cell.cell).or_default();
        (of.0, of.1) = (cell.residents, cell.after - cell.before);
    }
    for cell in &second.cells {
        let of = cells.entry(cell.cell).or_default();
        (of.0, of.2) = (of.0.max(cell.residents), cell.after - cell.before);
    }
    let rows: Vec<(u64, (f64, f64, f64))> = cells.into_iter().collect();
    let batch = Columns::of(&rows)
        .count("h3_cell", |(cell, _)| Some(cell.cast_signed()))
        .number("residents", |(_, of)| Some(of.0))
        .number("first", |(_, of)| Some(of.1))
        .number("second", |(_, of)| Some(of.2))
        .batch("compared_cells")?;
    Ok(("compared_cells".to_owned(), conformed("compared_cells", &batch)?))
}
