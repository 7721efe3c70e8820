//! Law "same-day": a customer's orders of one day.
//!
//! Purchases happen at instants and files have days. Two of one day are one purchase day for whoever counts as the models do, about
//! one repeat in a hundred at the demo's pace, most of them of the best customers.

use serde_json::{Value, json};

/// The days on which a customer's purchases are dated, in their order. With the law off one that falls on the day of the purchase
/// before it, or on a day already taken, is dated on the next free day.
pub fn dated(on: bool, days: impl Iterator<Item = i32>) -> impl Iterator<Item = i32> {
    let mut free = i32::MIN;
    days.map(move |day| {
        let dated = if on { day } else { day.max(free) };
        free = dated.saturating_add(1);
        dated
    })
}

/// Parameters, for truth.json.
pub fn parameters(on: bool) -> Value {
    json!({
        "on": on,
        "off": "a purchase on the day of the customer's purchase before it is dated on the next free day",
    })
}

#[cfg(test)]
mod tests {
    use super::dated;

    #[test]
    fn a_day_has_one_purchase_when_the_law_is_off() {
        let days = [3, 3, 3, 4, 9, 9];
        assert_eq!(dated(true, days.into_iter()).collect::<Vec<_>>(), days);
        assert_eq!(dated(false, days.into_iter()).collect::<Vec<_>>(), [3, 4, 5, 6, 9, 10]);
    }
}
