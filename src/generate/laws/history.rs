//! Law "history": customers who were won before the files begin.
//!
//! A retailer is older than its exports. Of a customer won before the window the files show a part of his purchases only, and the
//! first of them is not his first: a model that counts from it takes his third or tenth purchase for his first one.

use serde_json::{Value, json};

/// Months simulated before the window, so that the base is close to steady when it opens.
const HISTORY_MONTHS: u32 = 60;

/// Months simulated before the window; none when the law is off, so that all customers are won inside it.
pub fn months(on: bool) -> u32 {
    if on { HISTORY_MONTHS } else { 0 }
}

/// Parameters, for truth.json.
pub fn parameters(on: bool) -> Value {
    json!({
        "on": on,
        "months_before_window": months(on),
        "arrivals": "even over the operational time before and inside the window, while the network does not change",
        "off": "all customers are won inside the window",
    })
}
