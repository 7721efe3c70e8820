//! The notebook: what it keeps, what it refuses, and that nothing is lost when several write at once.

mod plans;
mod processes;
mod store;

use chalandise::notebook::NewEntry;
use chalandise::notebook::scenario::Plan;
use chrono::{DateTime, TimeDelta, Utc};

/// An instant, in microseconds since 2026-01-01; the room has no clock.
fn at(micros: i64) -> DateTime<Utc> {
    DateTime::from_timestamp(1_767_225_600, 0).expect("an instant") + TimeDelta::microseconds(micros)
}

fn plan(lines: &str) -> Plan {
    Plan::read_lines(lines).expect("a plan")
}

fn named(name: &str, lines: &str) -> NewEntry<Plan> {
    NewEntry {
        name: name.into(),
        note: String::new(),
        content: plan(lines),
    }
}
