//! Recency and frequency as the purchase models take them, and their distinct rows.
//!
//! Fader, Hardie & Lee (2005), "'Counting your customers' the easy way", section 3: all that a purchase model needs of a customer is
//! (x, t_x, T). Times stand in one unit, which the caller chooses; models work in any.

use thiserror::Error;

/// What a purchase model knows of a customer.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct History {
    /// Frequency: days with a purchase after the first such day.
    pub x: u32,
    /// Recency: time from the first purchase to the last; 0 without a repeat.
    pub t_x: f64,
    /// Time from the first purchase to the end of the observation.
    pub t: f64,
}

/// A history and how many customers have it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Weighted {
    /// The history.
    pub history: History,
    /// Customers with it.
    pub weight: f64,
}

/// A row that is no history.
#[derive(Clone, Copy, Debug, PartialEq, Error)]
pub enum HistoryError {
    /// A time is negative or no number.
    #[error("row {row}: t_x and T must be numbers from 0")]
    Time {
        /// Place of the row, from 0.
        row: usize,
    },
    /// The last purchase lies after the end of the observation.
    #[error(
        "row {row}: t_x, the time of the last purchase, is larger than T, the time observed; are both in one unit?"
    )]
    RecencyBeyondT {
        /// Place of the row, from 0.
        row: usize,
    },
    /// Repeats and recency contradict each other.
    #[error("row {row}: t_x must be 0 where x is 0, and above 0 where x is above 0")]
    Contradiction {
        /// Place of the row, from 0.
        row: usize,
    },
    /// A weight is negative or no number.
    #[error("row {row}: the weight must be a number from 0")]
    Weight {
        /// Place of the row, from 0.
        row: usize,
    },
}

/// Checks rows as they come.
///
/// # Errors
/// The first row that is no history.
pub fn check(rows: &[Weighted]) -> Result<(), HistoryError> {
    for (row, Weighted { history, weight }) in rows.iter().enumerate() {
        let time = |time: f64| time.is_finite() && time >= 0.0;
        if !time(history.t_x) || !time(history.t) {
            return Err(HistoryError::Time { row });
        }
        if history.t_x > history.t {
            return Err(HistoryError::RecencyBeyondT { row });
        }
        if (history.x == 0) != (history.t_x == 0.0) {
            return Err(HistoryError::Contradiction { row });
        }
        if !time(*weight) {
            return Err(HistoryError::Weight { row });
        }
    }
    Ok(())
}

/// The distinct histories with the weights of their rows added, in the order of x, t_x, T; rows of weight 0 are dropped. A
/// likelihood over them costs as much as there are histories, however many customers share one.
pub fn distinct(mut rows: Vec<Weighted>) -> Vec<Weighted> {
    rows.retain(|row| row.weight > 0.0);
    // Times are not negative, so their bits order as they do.
    rows.sort_unstable_by_key(|row| (row.history.x, row.history.t_x.to_bits(), row.history.t.to_bits()));
    rows.dedup_by(|next, kept| {
        let same = next.history == kept.history;
        if same {
            kept.weight += next.weight;
        }
        same
    });
    rows
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(x: u32, t_x: f64, t: f64) -> Weighted {
        Weighted {
            history: History { x, t_x, t },
            weight: 1.0,
        }
    }

    #[test]
    fn equal_histories_become_one_with_their_weight() {
        let rows = distinct(vec![
            row(1, 2.0, 9.0),
            row(0, 0.0, 5.0),
            row(1, 2.0, 9.0),
            row(1, 2.0, 8.0),
        ]);
        let found: Vec<_> = rows
            .iter()
            .map(|row| (row.history.x, row.history.t, row.weight))
            .collect();
        assert_eq!(found, [(0, 5.0, 1.0), (1, 8.0, 1.0), (1, 9.0, 2.0)]);
    }

    #[test]
    fn a_row_that_is_no_history_is_named() {
        assert_eq!(check(&[row(1, 2.0, 9.0)]), Ok(()));
        assert_eq!(
            check(&[row(0, 0.0, 9.0), row(1, 9.5, 9.0)]),
            Err(HistoryError::RecencyBeyondT { row: 1 })
        );
        assert_eq!(check(&[row(0, 1.0, 9.0)]), Err(HistoryError::Contradiction { row: 0 }));
        assert_eq!(check(&[row(1, f64::NAN, 9.0)]), Err(HistoryError::Time { row: 0 }));
    }
}
