//! The query room, the SQL functions and the shipped queries, on small lakes in memory.
//!
//! `tests/queries/**.slt` hold expected rows; they need no recompiling. A record runs SQL, or a named query with its
//! parameters: `run overview/by_month from_on=2025-01-01 to_on=2025-12-31`. Set `BLESS=1` to rewrite the expected rows,
//! then read every changed row.

#![expect(clippy::unwrap_used, reason = "a test that cannot be set up has failed")]

mod broken;
mod call;
mod exact;
mod lake;
mod rows;
mod shipped;
