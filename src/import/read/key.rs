//! Whether the keys of a file rise from row to row.
//!
//! Most exports are written in the order of their key. Where every key is greater than the one before, no key can stand twice
//! and the search for repeats (a sort of the whole file) is not needed.

use chrono::Datelike;

use super::cell::Cell;

/// Follows the keys of one file.
#[derive(Clone, Debug, Default)]
pub struct KeyOrder {
    columns: Vec<usize>,
    first: Option<Vec<u8>>,
    last: Vec<u8>,
    next: Vec<u8>,
    broken: bool,
}

impl KeyOrder {
    /// Follows the key that stands in these columns.
    pub fn new(columns: Vec<usize>) -> KeyOrder {
        KeyOrder {
            columns,
            ..KeyOrder::default()
        }
    }

    /// Takes the next row.
    pub fn push(&mut self, cells: &[Cell]) {
        if self.broken || self.columns.is_empty() {
            return;
        }
        self.next.clear();
        for &column in &self.columns {
            encode(cells.get(column).unwrap_or(&Cell::Null), &mut self.next);
        }
        if self.first.is_none() {
            self.first = Some(self.next.clone());
        } else if self.next <= self.last {
            self.broken = true;
        }
        std::mem::swap(&mut self.last, &mut self.next);
    }

    /// Whether every key was greater than the one before.
    pub fn is_rising(&self) -> bool {
        !self.broken
    }

    /// Whether all keys of this file come before all keys of the other, both rising.
    pub fn is_before(&self, other: &KeyOrder) -> bool {
        self.is_rising()
            && other.is_rising()
            && match (&self.first, &other.first) {
                (Some(_), Some(first)) => self.last < *first,
                _ => true,
            }
    }
}

/// Writes a value so that the order of bytes is the order of values.
fn encode(cell: &Cell, bytes: &mut Vec<u8>) {
    match cell {
        Cell::Null => bytes.push(0),
        Cell::Text(text) => {
            bytes.push(1);
            bytes.extend_from_slice(text.as_bytes());
            // No text holds a NUL, so this ends it before any longer one.
            bytes.push(0);
        }
        Cell::Integer(number) => sortable(i128::from(*number), bytes),
        Cell::Cents(number) | Cell::Millionths(number) => sortable(*number, bytes),
        Cell::Day(day) => sortable(i128::from(day.num_days_from_ce()), bytes),
        Cell::Moment(moment) => sortable(i128::from(moment.and_utc().timestamp_micros()), bytes),
        Cell::Flag(flag) => sortable(i128::from(*flag), bytes),
        Cell::Number(number) => {
            let bits = number.to_bits();
            let ordered = if bits >> 63 == 1 { !bits } else { bits | 1 << 63 };
            bytes.push(1);
            bytes.extend_from_slice(&ordered.to_be_bytes());
        }
    }
}

fn sortable(number: i128, bytes: &mut Vec<u8>) {
    bytes.push(1);
    bytes.extend_from_slice(&(number.cast_unsigned() ^ (1 << 127)).to_be_bytes());
}

#[cfg(test)]
mod tests {
    use super::*;

    fn order(keys: &[(&str, i64)]) -> KeyOrder {
        let mut order = KeyOrder::new(vec![0, 1]);
        for (text, number) in keys {
            order.push(&[Cell::Text((*text).to_owned()), Cell::Integer(*number)]);
        }
        order
    }

    #[test]
    fn rising_keys_are_known_as_such() {
        let low = order(&[("FA1", -2), ("FA1", 3), ("FA10", 1)]);
        assert!(low.is_rising());
        assert!(!order(&[("FA1", 3), ("FA1", 3)]).is_rising());
        assert!(!order(&[("FA2", 1), ("FA1", 3)]).is_rising());
        let high = order(&[("FA2", 1)]);
        assert!(low.is_before(&high) && !high.is_before(&low));
        assert!(low.is_before(&order(&[])));
    }
}
