//! What the filters of a request are read against: the data's reach and the values that occur.

use super::filter::{Filter, Kind, Takes};
use chalandise_chart::Language;
use chalandise_serving::{Data, DataError, Parameters, Table};
use chrono::{Datelike, NaiveDate};
use std::collections::BTreeMap;

/// The query of one row with the as-of date and the first day of the data.
const REACH: &str = "overview/as_of";

/// The data's reach, and the values that occur of the filters of a page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reach {
    /// Last day that the data cover: the as-of date.
    pub as_of: NaiveDate,
    /// First day with an order, when known.
    pub first_on: Option<NaiveDate>,
    /// Of each filter whose values a query gives, by its name, the values in the query's order.
    pub values: BTreeMap<String, Vec<Named>>,
}

/// A value that occurs in the data.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Named {
    /// As addresses and data write it.
    pub value: String,
    /// What it is called.
    pub name: String,
}

impl Reach {
    /// Reads the as-of date, the first day, and the values of the filters that a page takes; none when the lake has no order.
    ///
    /// # Errors
    /// [`DataError`] when the queries behind it fail.
    pub async fn read(data: &Data, takes: &Takes<'_>) -> Result<Option<Reach>, DataError> {
        let none = Parameters::new();
        let asked = takes.all().filter_map(|filter| match &filter.kind {
            Kind::Query { query, column, shown } => Some((filter, query, column, shown.as_ref().unwrap_or(column))),
            _ => None,
        });
        let values = asked.map(async |(filter, query, column, shown)| {
            let rows = data.rows(query, &none).await?;
            Ok::<_, DataError>((filter.name.clone(), named(&rows, column, shown)))
        });
        let (days, values) = futures::try_join!(data.rows(REACH, &none), futures::future::try_join_all(values))?;
        let Some(as_of) = days.cell(0, "as_of_on").as_date() else {
            return Ok(None);
        };
        Ok(Some(Reach {
            as_of,
            first_on: days.cell(0, "first_on").as_date(),
            values: values.into_iter().collect(),
        }))
    }

    /// The values that occur of a filter whose values a query gives.
    #[must_use]
    pub fn values(&self, filter: &Filter) -> &[Named] {
        self.values.get(&filter.name).map_or(&[], Vec::as_slice)
    }

    /// Whether there is something to choose: not among the values of a query that gives none.
    #[must_use]
    pub fn offers(&self, filter: &Filter) -> bool {
        !matches!(filter.kind, Kind::Query { .. }) || !self.values(filter).is_empty()
    }

    /// A filter's value by its own name: "Magasin", "Champions", "Nantes Centre".
    #[must_use]
    pub fn value_name(&self, filter: &Filter, value: &str, language: Language) -> String {
        let mut known = self.values(filter).iter();
        known
            .find(|known| known.value == value)
            .map_or_else(|| filter.value_name(value, language), |known| known.name.clone())
    }

    /// The months of the data, the latest first.
    #[must_use]
    pub fn months(&self) -> Vec<NaiveDate> {
        let month = |day: NaiveDate| day.with_day(1);
        let first = self.first_on.and_then(month);
        std::iter::successors(month(self.as_of), |month| month.pred_opt()?.with_day(1))
            .take_while(|month| first.is_some_and(|first| *month >= first))
            .collect()
    }

    /// Whether a day is among those of the data.
    #[must_use]
    pub fn holds(&self, day: NaiveDate) -> bool {
        self.first_on.is_some_and(|first| (first..=self.as_of).contains(&day))
    }
}

fn named(table: &Table, column: &str, shown: &str) -> Vec<Named> {
    let one = |row: usize| {
        let value = table.cell(row, column).exact();
        let name = table.cell(row, shown).exact();
        (!value.is_empty()).then(|| Named {
            name: if name.is_empty() { value.clone() } else { name },
            value,
        })
    };
    (0..table.len()).filter_map(one).collect()
}
