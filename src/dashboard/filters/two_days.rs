//! A period of two days, as a form without script sends it: `period=days&from=2026-01-15&to=2026-02-14`. It leads to the one address of that
//! state, `period=2026-01-15..2026-02-14`.

use super::filter::Takes;

/// The choice of the form by which its two days count.
pub const TWO_DAYS: &str = "days";
/// The field of the first day.
pub const FROM: &str = "from";
/// The field of the last day.
pub const TO: &str = "to";

/// The pairs of an address with the two days that its form sent as the period; none when it sent none. Days that were not chosen are left
/// out, and one that is missing leaves a period that cannot be read, which is said.
#[must_use]
pub fn with_period(pairs: &[(String, String)], takes: &Takes<'_>) -> Option<Vec<(String, String)>> {
    let period = takes.filters.iter().find(|filter| filter.is_period())?;
    let value = |wanted: &str| {
        let mut found = pairs.iter().filter(|(key, _)| key == wanted);
        found.next_back().map(|(_, value)| value.trim())
    };
    let is_chosen = value(&period.name) == Some(TWO_DAYS);
    if !is_chosen && value(FROM).is_none() && value(TO).is_none() {
        return None;
    }
    let days = format!("{}..{}", value(FROM).unwrap_or_default(), value(TO).unwrap_or_default());
    let kept = pairs.iter().filter(|(key, _)| key != FROM && key != TO);
    Some(
        kept.map(|(key, value)| match is_chosen && *key == period.name {
            true => (key.clone(), days.clone()),
            false => (key.clone(), value.clone()),
        })
        .collect(),
    )
}
