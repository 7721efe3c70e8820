//! Customers as the purchase models take them, read from `model/rfm` on any day.

use std::collections::HashMap;
use std::hash::{DefaultHasher, Hasher};

use arrow::array::{Array, AsArray, RecordBatch, UInt32Array};
use arrow::datatypes::{DataType, Date32Type};
use chalandise_analytics::purchase::rfm::History;
use chrono::{Days, NaiveDate};

use crate::ModelError;
use crate::inputs::Inputs;
use crate::read::{column, days_of, integers, numbers};
use chalandise_lake::LakeError;

/// Share of customers with a whole history under which models are fitted on all of them.
const LEAST_WHOLE: f64 = 0.1;

/// What is known of the customers on a day.
#[derive(Debug)]
pub(super) struct Known {
    /// The day.
    pub(super) as_of: NaiveDate,
    /// The rows of `model/rfm`, as far as tables still need them.
    pub(super) rows: Vec<RecordBatch>,
    /// Hash of each customer's id.
    pub(super) keys: Vec<u64>,
    /// Histories, times in days.
    pub(super) histories: Vec<History>,
    /// Mean net revenue of a purchase day.
    pub(super) mean_values: Vec<f64>,
    /// Net revenue of the first purchase day.
    pub(super) first_values: Vec<f64>,
    /// Mean net revenue of a repeat purchase day; 0 without a repeat, and never below.
    pub(super) repeat_values: Vec<f64>,
    /// Whether each was won within the data: of others the first purchases are missing.
    pub(super) whole: Vec<bool>,
    /// First purchase days, as days since 1970-01-01.
    pub(super) first_on: Vec<i32>,
    /// Last purchase days, likewise.
    pub(super) last_on: Vec<i32>,
    /// For each customer the place of his group in `groups`.
    pub(super) group_of: Vec<u32>,
    /// Groups of customers that tables tell apart.
    pub(super) groups: Vec<Group>,
    gross_margin: f64,
    revenue_with_margin: f64,
}

/// What pages filter customers by, and their first sales channel.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(super) struct Group {
    pub(super) region: Option<String>,
    pub(super) preferred_channel: Option<String>,
    pub(super) first_channel: Option<String>,
}

impl Known {
    /// Reads the customers as they were on a day.
    pub(super) async fn on(inputs: &Inputs<'_>, day: NaiveDate) -> Result<Known, ModelError> {
        let rows = in_order(inputs.run("model/rfm", &[("as_of", day)]).await?)?;
        let mut known = Known::empty(day);
        let mut places = HashMap::new();
        for batch in &rows {
            known.add(batch)?;
            known.group(batch, &mut places)?;
        }
        known.rows = rows;
        Ok(known)
    }

    /// Nobody, on a day.
    pub(super) fn empty(day: NaiveDate) -> Known {
        Known {
            as_of: day,
            rows: Vec::new(),
            keys: Vec::new(),
            histories: Vec::new(),
            mean_values: Vec::new(),
            first_values: Vec::new(),
            repeat_values: Vec::new(),
            whole: Vec::new(),
            first_on: Vec::new(),
            last_on: Vec::new(),
            group_of: Vec::new(),
            groups: Vec::new(),
            gross_margin: 0.0,
            revenue_with_margin: 0.0,
        }
    }

    fn add(&mut self, batch: &RecordBatch) -> Result<(), ModelError> {
        let frequency = integers(batch, "frequency")?;
        let (recency, age) = (numbers(batch, "recency_days")?, numbers(batch, "age_days")?);
        let (revenue, days) = (numbers(batch, "net_revenue")?, numbers(batch, "purchase_days")?);
        let (repeat, margin) = (numbers(batch, "repeat_value")?, numbers(batch, "gross_margin")?);
        self.keys.extend(keys(batch)?);
        self.first_values.extend(numbers(batch, "first_value")?);
        for row in 0..batch.num_rows() {
            self.histories.push(History {
                x: u32::try_from(frequency[row]).unwrap_or(0),
                t_x: recency[row],
                t: age[row],
            });
            self.mean_values.push(revenue[row] / days[row]);
            if !margin[row].is_nan() {
                self.gross_margin += margin[row];
                self.revenue_with_margin += revenue[row];
            }
            // Nothing without a repeat, and no less where refunds of other orders exceed it.
            self.repeat_values.push(repeat[row].max(0.0));
        }
        let whole = column(batch, "whole_history", &DataType::Boolean)?;
        self.whole
            .extend(whole.as_boolean().iter().map(|whole| whole.unwrap_or(true)));
        self.first_on.extend(days_of(batch, "first_on")?);
        self.last_on.extend(days_of(batch, "last_on")?);
        Ok(())
    }

    fn group(&mut self, batch: &RecordBatch, places: &mut HashMap<Group, u32>) -> Result<(), ModelError> {
        let columns = ["region", "preferred_channel", "first_channel"];
        let columns = columns
            .iter()
            .map(|name| column(batch, name, &DataType::Utf8View))
            .collect::<Result<Vec<_>, _>>()?;
        for row in 0..batch.num_rows() {
            let text = |place: usize| {
                let values = columns[place].as_string_view();
                values.is_valid(row).then(|| values.value(row).to_owned())
            };
            let group = Group {
                region: text(0),
                preferred_channel: text(1),
                first_channel: text(2),
            };
            let next = u32::try_from(self.groups.len()).unwrap_or(u32::MAX);
            let place = *places.entry(group).or_insert_with_key(|group| {
                self.groups.push(group.clone());
                next
            });
            self.group_of.push(place);
        }
        Ok(())
    }

    /// Whether models are fitted on customers with a whole history alone: where there are enough of them.
    pub(super) fn whole_only(&self) -> bool {
        let whole = self.whole.iter().filter(|whole| **whole).count();
        whole as f64 >= LEAST_WHOLE * self.len() as f64
    }

    /// Keeps these columns of the rows alone: the whole of them is large.
    pub(super) fn keep_columns(&mut self, names: &[&str]) -> Result<(), ModelError> {
        for rows in &mut self.rows {
            let places = names
                .iter()
                .map(|name| rows.schema().index_of(name))
                .collect::<Result<Vec<_>, _>>();
            let places = places.map_err(LakeError::columns("reading the customers"))?;
            *rows = rows
                .project(&places)
                .map_err(LakeError::columns("reading the customers"))?;
        }
        Ok(())
    }

    /// Number of customers.
    pub(super) fn len(&self) -> usize {
        self.histories.len()
    }

    /// The group of a customer.
    pub(super) fn group_at(&self, index: usize) -> &Group {
        &self.groups[self.group_of[index] as usize]
    }

    /// Gross margin of the purchases that state one, as a share of their net revenue; none when no purchase does.
    pub(super) fn margin_rate(&self) -> Option<f64> {
        (self.revenue_with_margin > 0.0).then(|| self.gross_margin / self.revenue_with_margin)
    }
}

/// Purchase days of each customer after one day and up to another, by the hash of his id.
pub(super) async fn purchase_days(
    inputs: &Inputs<'_>,
    after: NaiveDate,
    until: NaiveDate,
) -> Result<HashMap<u64, u32>, ModelError> {
    let days = [("after_on", after), ("until_on", until)];
    let mut counts = HashMap::new();
    for batch in inputs.run("model/purchase_days", &days).await? {
        let days = integers(&batch, "purchase_days")?;
        counts.extend(
            keys(&batch)?
                .into_iter()
                .zip(days.iter().map(|it| u32::try_from(*it).unwrap_or(0))),
        );
    }
    Ok(counts)
}

/// Purchases of a day.
#[derive(Clone, Copy, Debug)]
pub(super) struct Day {
    /// Days since 1970-01-01.
    pub(super) day: i32,
    /// Customers whose first purchase it was.
    pub(super) new_customers: f64,
    /// Purchase days of the others.
    pub(super) repeats: f64,
    /// The same of customers with a whole history.
    pub(super) whole_new_customers: f64,
    pub(super) whole_repeats: f64,
}

impl Day {
    /// The day with the customers that models are fitted on alone.
    pub(super) fn fitted_on(self, whole_only: bool) -> Day {
        if whole_only {
            Day {
                new_customers: self.whole_new_customers,
                repeats: self.whole_repeats,
                ..self
            }
        } else {
            self
        }
    }
}

/// Purchases by day up to `until`, of the customers whose first one was up to `known_until`; in the order of days.
pub(super) async fn by_day(
    inputs: &Inputs<'_>,
    known_until: NaiveDate,
    until: NaiveDate,
) -> Result<Vec<Day>, ModelError> {
    let days = [("known_until", known_until), ("until_on", until)];
    let mut found = Vec::new();
    for batch in inputs.run("model/purchases_by_day", &days).await? {
        let (new, repeats) = (numbers(&batch, "new_customers")?, numbers(&batch, "repeats")?);
        let (whole_new, whole_repeats) = (
            numbers(&batch, "whole_new_customers")?,
            numbers(&batch, "whole_repeats")?,
        );
        let on = days_of(&batch, "purchase_on")?;
        for (row, day) in on.into_iter().enumerate() {
            found.push(Day {
                day,
                new_customers: new[row],
                repeats: repeats[row],
                whole_new_customers: whole_new[row],
                whole_repeats: whole_repeats[row],
            });
        }
    }
    Ok(found)
}

/// A day so many days before another.
pub(super) fn before(day: NaiveDate, days: f64) -> NaiveDate {
    day.checked_sub_days(Days::new(days as u64)).unwrap_or(NaiveDate::MIN)
}

/// Days from 1970-01-01 to a day.
pub(super) fn days_since_epoch(day: NaiveDate) -> i32 {
    Date32Type::from_naive_date(day)
}

/// Rows of customers in the order of their keys, so that no sum depends on the order in which threads found them.
fn in_order(rows: Vec<RecordBatch>) -> Result<Vec<RecordBatch>, ModelError> {
    let Some(first) = rows.first() else {
        return Ok(rows);
    };
    let doing = LakeError::columns("ordering the customers");
    let all = arrow::compute::concat_batches(&first.schema(), &rows).map_err(doing)?;
    drop(rows);
    let keys = keys(&all)?;
    let mut order: Vec<u32> = (0..u32::try_from(keys.len()).unwrap_or(u32::MAX)).collect();
    order.sort_unstable_by_key(|place| (keys[*place as usize], *place));
    let doing = LakeError::columns("ordering the customers");
    let ordered = arrow::compute::take_record_batch(&all, &UInt32Array::from(order)).map_err(doing)?;
    Ok(vec![ordered])
}

/// Hashes of the customers' ids.
pub(super) fn keys(batch: &RecordBatch) -> Result<Vec<u64>, ModelError> {
    let ids = column(batch, "customer_id", &DataType::Utf8View)?;
    let hash = |id: Option<&str>| {
        let mut hasher = DefaultHasher::new();
        hasher.write(id.unwrap_or_default().as_bytes());
        hasher.finish()
    };
    Ok(ids.as_string_view().iter().map(hash).collect())
}
