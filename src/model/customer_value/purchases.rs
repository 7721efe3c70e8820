//! What customers bought: net revenue by sales channel and by category, and the categories of each purchase day.

use std::collections::HashMap;

use arrow::array::{Array, AsArray, RecordBatch};
use arrow::datatypes::{DataType, Date32Type, Decimal128Type};
use chalandise_analytics::customers::association::Purchase;
use chrono::NaiveDate;
use futures::TryStreamExt;

use crate::ModelError;
use crate::inputs::{Inputs, NONE};
use crate::read::{column, numbers, texts};
use chalandise_lake::contract;

use super::histories::{Day, Known, keys};

/// Categories that are told apart, the largest; what else there is counts as none.
const MOST_CATEGORIES: usize = 24;
/// Those of which each customer's net revenue is kept.
pub(super) const MOST_OF_A_CUSTOMER: usize = 10;
/// Purchase days that are read at a time: joined with their lines they fill memory.
const PURCHASES_AT_A_TIME: f64 = 1_500_000.0;
const QUERY: &str = "model/purchase_categories";

/// What all customers bought.
pub(super) struct Bought {
    /// Categories, the largest first.
    pub(super) categories: Vec<String>,
    /// For each customer his cents: on the web, by post or phone, in all, then by each of the largest categories.
    cents: Vec<i64>,
    /// For each customer the share of his days with a purchase in a store that a visit to the web preceded, NaN where there is none;
    /// empty when the lake has no web events.
    pub(super) web_to_store: Vec<f64>,
    /// Categories of each purchase day, in the order of customers and days; the customer is his place.
    pub(super) rows: Vec<Purchase>,
}

/// Columns before the categories.
const WEB: usize = 0;
const DISTANCE: usize = 1;
const ALL: usize = 2;
const BEFORE: usize = 3;

impl Bought {
    fn width(&self) -> usize {
        BEFORE + self.categories.len().min(MOST_OF_A_CUSTOMER)
    }

    fn share(&self, customer: usize, part: usize) -> f64 {
        let cents = &self.cents[customer * self.width()..][..self.width()];
        if cents[ALL] > 0 {
            (cents[part] as f64 / cents[ALL] as f64).clamp(0.0, 1.0)
        } else {
            f64::NAN
        }
    }

    /// Share of a customer's net revenue that he ordered on the web; NaN where he spent nothing.
    pub(super) fn web_share(&self, customer: usize) -> f64 {
        self.share(customer, WEB)
    }

    /// Likewise by post or phone.
    pub(super) fn distance_share(&self, customer: usize) -> f64 {
        self.share(customer, DISTANCE)
    }

    /// Likewise in a category.
    pub(super) fn category_share(&self, customer: usize, category: usize) -> f64 {
        self.share(customer, BEFORE + category)
    }
}

/// Reads what the customers bought, some months at a time.
pub(super) async fn bought(inputs: &Inputs<'_>, known: &Known, days: &[Day]) -> Result<Bought, ModelError> {
    let mut categories = Vec::new();
    for batch in inputs.run("model/categories", &NONE).await? {
        categories.extend(texts(&batch, "category")?);
    }
    categories.truncate(MOST_CATEGORIES);
    let places: HashMap<u64, usize> = known.keys.iter().copied().zip(0..).collect();
    let codes: HashMap<String, u32> = categories.iter().cloned().zip(0..).collect();
    let mut bought = Bought {
        cents: Vec::new(),
        categories,
        web_to_store: Vec::new(),
        rows: Vec::new(),
    };
    for batch in inputs.run("model/web_to_store", &NONE).await? {
        let shares = numbers(&batch, "web_to_store_share")?;
        if batch.num_rows() > 0 {
            bought.web_to_store.resize(known.len(), f64::NAN);
        }
        for (key, share) in keys(&batch)?.into_iter().zip(shares) {
            if let Some(place) = places.get(&key) {
                bought.web_to_store[*place] = share;
            }
        }
    }
    bought.cents = vec![0; known.len() * bought.width()];
    for (from, to) in parts(days) {
        let mut stream = inputs.stream(QUERY, &[("from_on", from), ("to_on", to)]).await?;
        while let Some(batch) = stream.try_next().await.map_err(|source| ModelError::Rows {
            name: QUERY.into(),
            source: Box::new(source),
        })? {
            bought.add(&batch, &places, &codes)?;
        }
        // A category once a day, whatever the number of lines.
        bought.rows.sort_unstable();
        bought.rows.dedup();
    }
    Ok(bought)
}

impl Bought {
    fn add(
        &mut self,
        batch: &RecordBatch,
        places: &HashMap<u64, usize>,
        codes: &HashMap<String, u32>,
    ) -> Result<(), ModelError> {
        let money = DataType::Decimal128(contract::MONEY_PRECISION, contract::MONEY_SCALE);
        let (channels, categories) = (
            column(batch, "sales_channel", &DataType::Utf8View)?,
            column(batch, "category", &DataType::Utf8View)?,
        );
        let (on, revenue) = (
            column(batch, "ordered_on", &DataType::Date32)?,
            column(batch, "net_revenue", &money)?,
        );
        let (channels, categories) = (channels.as_string_view(), categories.as_string_view());
        let (on, revenue) = (
            on.as_primitive::<Date32Type>(),
            revenue.as_primitive::<Decimal128Type>(),
        );
        let width = self.width();
        for (row, key) in keys(batch)?.into_iter().enumerate() {
            // A customer whose only orders were cancelled is not among them.
            let Some(place) = places.get(&key) else { continue };
            let cents = i64::try_from(revenue.value(row)).unwrap_or(0);
            let of = &mut self.cents[place * width..][..width];
            of[ALL] += cents;
            match channels.value(row) {
                "web" => of[WEB] += cents,
                "post" | "phone" => of[DISTANCE] += cents,
                _ => {}
            }
            let category = categories.is_valid(row).then(|| categories.value(row));
            if let Some(number) = category.and_then(|name| codes.get(name)) {
                if let Some(sum) = of.get_mut(BEFORE + *number as usize) {
                    *sum += cents;
                }
                self.rows.push(Purchase {
                    customer: *place as u64,
                    day: on.value(row),
                    category: *number,
                });
            }
        }
        Ok(())
    }
}

/// Spans of days with about as many purchase days each.
fn parts(days: &[Day]) -> Vec<(NaiveDate, NaiveDate)> {
    let mut parts = Vec::new();
    let (mut from, mut sum) = (None, 0.0);
    for (place, day) in days.iter().enumerate() {
        let Some(on) = Date32Type::to_naive_date_opt(day.day) else {
            continue;
        };
        let begin = *from.get_or_insert(on);
        sum += day.new_customers + day.repeats;
        if sum >= PURCHASES_AT_A_TIME || place + 1 == days.len() {
            parts.push((begin, on));
            (from, sum) = (None, 0.0);
        }
    }
    parts
}
