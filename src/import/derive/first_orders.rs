//! The first order of every customer that an import touches.

use std::collections::HashMap;
use std::path::PathBuf;

use arrow::array::RecordBatch;

use super::{dates, texts};
use chalandise_lake::LakeError;
use chalandise_lake::merge;

/// First order of one customer.
struct FirstOrder {
    ordered_on: i32,
    order_id: Box<str>,
    /// Index into [`Touched::sales_channels`].
    sales_channel: usize,
}

#[derive(Default)]
struct Touch {
    first: Option<FirstOrder>,
    /// Whether the import brings a customer record.
    staged: bool,
    /// Whether the lake has a row of this customer.
    stands: bool,
}

/// The customers of staged orders and staged customer records: some 150 bytes each.
#[derive(Default)]
pub(super) struct Touched {
    customers: HashMap<Box<str>, Touch>,
    sales_channels: Vec<Box<str>>,
}

impl Touched {
    /// Reads the ids from staged Parquet files.
    pub(super) fn read(orders: &[PathBuf], customers: &[PathBuf]) -> Result<Touched, LakeError> {
        let mut touched = Touched::default();
        for (name, files, staged) in [("orders", orders, false), ("customers", customers, true)] {
            let table = super::table(name)?;
            for batch in merge::staged_batches(table, files)? {
                for id in texts(&batch?, "customer_id")?.iter().flatten() {
                    touched.touch(id).staged |= staged;
                }
            }
        }
        Ok(touched)
    }

    fn touch(&mut self, id: &str) -> &mut Touch {
        if !self.customers.contains_key(id) {
            self.customers.insert(id.into(), Touch::default());
        }
        self.customers.entry(id.into()).or_default()
    }

    /// Takes orders of the lake into account: `customer_id`, `order_id`, `ordered_on`, `sales_channel`.
    pub(super) fn add_orders(&mut self, batch: &RecordBatch) -> Result<(), LakeError> {
        let [ids, orders, channels] = [
            texts(batch, "customer_id")?,
            texts(batch, "order_id")?,
            texts(batch, "sales_channel")?,
        ];
        let days = dates(batch, "ordered_on")?;
        for row in 0..batch.num_rows() {
            let Some(touch) = self.customers.get_mut(ids.value(row)) else {
                continue;
            };
            let (ordered_on, order_id) = (days.value(row), orders.value(row));
            // Of two orders on one day the lower id counts, so that the order of rows does not matter.
            let is_first = touch
                .first
                .as_ref()
                .is_none_or(|first| (ordered_on, order_id) < (first.ordered_on, &first.order_id));
            if is_first {
                touch.first = Some(FirstOrder {
                    ordered_on,
                    order_id: order_id.into(),
                    sales_channel: number_of(&mut self.sales_channels, channels.value(row)),
                });
            }
        }
        Ok(())
    }

    /// When and where a customer was won, from the source's word and the first order.
    ///
    /// `acquired_on` is the source's day if it is not after the first order, else the first order. A channel goes with its
    /// day: where orders alone tell of the customer, an earlier first order brings its channel along.
    pub(super) fn settle<'a>(
        &'a self,
        id: &str,
        acquired_on: Option<i32>,
        acquisition_channel: Option<&'a str>,
    ) -> (Option<i32>, Option<&'a str>) {
        let touch = self.customers.get(id);
        let first = touch.and_then(|touch| touch.first.as_ref());
        let first_on = first.map(|first| first.ordered_on);
        let first_channel = first.map(|first| self.sales_channels[first.sales_channel].as_ref());
        let settled_on = match (acquired_on, first_on) {
            (Some(source), Some(first)) => Some(source.min(first)),
            (source, first) => source.or(first),
        };
        let moved_earlier = acquired_on.zip(first_on).is_some_and(|(source, first)| first < source);
        let derived = touch.is_some_and(|touch| !touch.staged);
        let channel = if derived && moved_earlier {
            first_channel.or(acquisition_channel)
        } else {
            acquisition_channel.or(first_channel)
        };
        (settled_on, channel)
    }

    /// Whether the row of this customer in the lake is to be written anew: orders of his came without a record of him,
    /// and they say another day or channel than the row. Notes that the row stands.
    pub(super) fn changes(&mut self, id: &str, acquired_on: Option<i32>, acquisition_channel: Option<&str>) -> bool {
        match self.customers.get_mut(id) {
            None => return false,
            Some(touch) => {
                touch.stands = true;
                if touch.staged {
                    return false;
                }
            }
        }
        self.settle(id, acquired_on, acquisition_channel) != (acquired_on, acquisition_channel)
    }

    /// Customers known from orders only and new to the lake, in the order of their ids.
    pub(super) fn unknown(&self) -> Vec<&str> {
        let mut ids: Vec<&str> = self
            .customers
            .iter()
            .filter(|(_, touch)| !touch.staged && !touch.stands)
            .map(|(id, _)| id.as_ref())
            .collect();
        ids.sort_unstable();
        ids
    }
}

fn number_of(names: &mut Vec<Box<str>>, name: &str) -> usize {
    names
        .iter()
        .position(|known| known.as_ref() == name)
        .unwrap_or_else(|| {
            names.push(name.into());
            names.len() - 1
        })
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use arrow::array::{ArrayRef, Date32Array, StringViewArray};

    use super::*;

    fn orders(rows: &[(&str, &str, i32, &str)]) -> RecordBatch {
        let text = |values: Vec<&str>| -> ArrayRef { Arc::new(StringViewArray::from_iter_values(values)) };
        let days: ArrayRef = Arc::new(Date32Array::from_iter_values(rows.iter().map(|row| row.2)));
        RecordBatch::try_from_iter([
            ("customer_id", text(rows.iter().map(|row| row.0).collect())),
            ("order_id", text(rows.iter().map(|row| row.1).collect())),
            ("ordered_on", days),
            ("sales_channel", text(rows.iter().map(|row| row.3).collect())),
        ])
        .expect("orders")
    }

    fn touched(ids: &[&str], rows: &[(&str, &str, i32, &str)]) -> Touched {
        let mut touched = Touched::default();
        for id in ids {
            touched.touch(id);
        }
        touched.add_orders(&orders(rows)).expect("orders");
        touched
    }

    #[test]
    fn the_first_order_is_the_earliest_and_of_one_day_the_lowest_id_in_any_order_of_rows() {
        let mut rows = vec![
            ("anne", "shop:7", 20, "phone"),
            ("anne", "shop:2", 10, "store"),
            ("anne", "shop:1", 10, "web"),
            ("zoe", "shop:0", 1, "post"),
        ];
        for _ in 0..rows.len() {
            rows.rotate_left(1);
            assert_eq!(
                touched(&["anne"], &rows).settle("anne", None, None),
                (Some(10), Some("web"))
            );
        }
    }

    #[test]
    fn the_source_is_believed_unless_an_order_came_before() {
        let touched = touched(&["anne"], &[("anne", "1", 10, "web")]);
        assert_eq!(touched.settle("anne", Some(9), Some("store")), (Some(9), Some("store")));
        assert_eq!(touched.settle("anne", Some(11), None), (Some(10), Some("web")));
        assert_eq!(touched.settle("zoe", Some(11), None), (Some(11), None));
    }

    #[test]
    fn an_earlier_order_brings_its_channel_unless_the_source_states_one() {
        let mut touched = touched(&["anne"], &[("anne", "1", 10, "web")]);
        assert_eq!(touched.settle("anne", Some(11), Some("phone")), (Some(10), Some("web")));
        assert_eq!(
            touched.settle("anne", Some(10), Some("phone")),
            (Some(10), Some("phone"))
        );
        touched.touch("anne").staged = true;
        assert_eq!(
            touched.settle("anne", Some(11), Some("phone")),
            (Some(10), Some("phone"))
        );
    }

    #[test]
    fn customers_known_from_orders_only_are_new_unless_a_row_stands() {
        let mut touched = touched(
            &["zoe", "anne", "eve"],
            &[("anne", "1", 10, "web"), ("eve", "2", 10, "web")],
        );
        assert_eq!(touched.unknown(), ["anne", "eve", "zoe"]);
        assert!(touched.changes("anne", Some(12), Some("web")), "the order came before");
        assert!(!touched.changes("eve", Some(8), Some("web")), "nothing new");
        assert!(!touched.changes("max", None, None), "not touched");
        assert_eq!(touched.unknown(), ["zoe"]);
    }
}
