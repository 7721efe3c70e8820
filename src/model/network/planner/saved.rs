//! Saved scenarios as tables: the list, and what each does on the lake version.

use arrow::array::{ArrayRef, RecordBatch, StringArray, new_null_array};
use arrow::compute::concat_batches;
use arrow::datatypes::SchemaRef;
use std::sync::Arc;

use crate::ModelError;
use crate::store::Columns;
use chalandise_lake::LakeError;
use chalandise_notebook::Unreadable;
use chalandise_notebook::scenario::{Scenario, scenarios_batch};

use super::Answer;
use super::amount::Total;
use super::answer::SiteAnswer;
use super::tables::{changed, conformed};

/// A saved scenario with what it does.
#[derive(Debug)]
pub struct Saved {
    /// As it was saved.
    pub scenario: Scenario,
    /// Its results, or why it has none; nothing when nobody asked for them.
    pub answer: Option<Result<Answer, String>>,
}

impl Saved {
    /// Its results, when it has some.
    pub fn answered(&self) -> Option<&Answer> {
        self.answer.as_ref()?.as_ref().ok()
    }

    fn fault(&self) -> Option<&str> {
        self.answer.as_ref()?.as_ref().err().map(String::as_str)
    }

    /// The tables `scenarios`, `scenario_results` and `scenario_outcomes`.
    ///
    /// # Errors
    /// When a row does not fit its table.
    pub fn tables(saved: &[&Saved], unreadable: &[Unreadable]) -> Result<Vec<(String, RecordBatch)>, ModelError> {
        Ok(vec![
            ("scenarios".to_owned(), scenarios(saved, unreadable)?),
            ("scenario_results".to_owned(), results(saved)?),
            ("scenario_outcomes".to_owned(), outcomes(saved)?),
        ])
    }
}

/// The table `scenarios`. One that cannot be read has a row that says so.
pub(super) fn scenarios(saved: &[&Saved], unreadable: &[Unreadable]) -> Result<RecordBatch, ModelError> {
    const TABLE: &str = "scenarios";
    let writing = || LakeError::columns(format!("writing `{TABLE}`"));
    let read: Vec<Scenario> = saved.iter().map(|saved| saved.scenario.clone()).collect();
    let read = scenarios_batch(&read).map_err(writing())?;
    let faults: StringArray = saved.iter().map(|saved| saved.fault()).collect();
    let named = |(field, column): (&Arc<arrow::datatypes::Field>, &ArrayRef)| (field.name().clone(), column.clone());
    let columns = read.schema();
    let columns = columns.fields().iter().zip(read.columns()).map(named);
    let columns = columns.chain([("fault".to_owned(), Arc::new(faults) as ArrayRef)]);
    let read = RecordBatch::try_from_iter_with_nullable(columns.map(|(name, column)| (name, column, true)));
    let read = conformed(TABLE, &read.map_err(writing())?)?;
    let lost = lost(&read.schema(), unreadable)?;
    Ok(concat_batches(&read.schema(), [&read, &lost]).map_err(writing())?)
}

/// Rows of `scenarios` for entries that cannot be read.
fn lost(schema: &SchemaRef, unreadable: &[Unreadable]) -> Result<RecordBatch, ModelError> {
    let ids: Vec<(String, &str)> = unreadable
        .iter()
        .map(|lost| (lost.id.to_string(), lost.name.as_str()))
        .collect();
    let mut columns = Columns::of(&ids)
        .text("scenario_id", |(id, _)| Some(id))
        .text("name", |(_, name)| Some(name))
        .count("changes", |_| Some(0))
        .text("changes_text", |_| Some(""))
        .text("fault", |_| {
            Some("its content cannot be read by this program; delete it, or save it anew")
        });
    for name in ["note", "assumptions_text", "lake_version", "created_at", "updated_at"] {
        if let Ok(field) = schema.field_with_name(name) {
            columns = columns.column(name, new_null_array(field.data_type(), ids.len()));
        }
    }
    conformed("scenarios", &columns.batch("scenarios")?)
}

/// The table `scenario_results`.
pub(super) fn results(saved: &[&Saved]) -> Result<RecordBatch, ModelError> {
    let rows: Vec<(String, &SiteAnswer)> = each(saved, |answer| &answer.sites);
    let columns = Columns::of(&rows)
        .text("scenario_id", |(id, _)| Some(id))
        .text("store_id", |(_, site)| Some(&site.id))
        .text("name", |(_, site)| Some(&site.name))
        .text("role", |(_, site)| {
            Some(if site.competitor { "competitor" } else { "own" })
        })
        .text("changed", |(_, site)| Some(site.changed));
    let batch = changed(columns, |(_, site)| site.amount).batch("scenario_results")?;
    conformed("scenario_results", &batch)
}

/// The table `scenario_outcomes`.
pub(super) fn outcomes(saved: &[&Saved]) -> Result<RecordBatch, ModelError> {
    let rows: Vec<(String, &Total)> = each(saved, |answer| &answer.totals);
    let columns = Columns::of(&rows)
        .text("scenario_id", |(id, _)| Some(id))
        .text("total", |(_, total)| Some(total.name));
    let batch = changed(columns, |(_, total)| total.amount).batch("scenario_outcomes")?;
    conformed("scenario_outcomes", &batch)
}

/// What each answer lists, under the id of its scenario.
fn each<'a, T>(saved: &'a [&'a Saved], of: impl Fn(&'a Answer) -> &'a Vec<T>) -> Vec<(String, &'a T)> {
    let answered = saved
        .iter()
        .filter_map(|saved| Some((saved.scenario.id.to_string(), saved.answered()?)));
    answered
        .flat_map(|(id, answer)| of(answer).iter().map(move |row| (id.clone(), row)))
        .collect()
}
