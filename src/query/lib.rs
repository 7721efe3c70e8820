//! Query files: one `select` a file, its parameters, columns and units in the header, checked before anything is served.
//!
//! ```sql
//! -- Net revenue per month of a period.
//! -- Refunds count in their own month.
//! -- @param from_on: date -- first day of the period
//! -- @param sales_channel: text = null -- web, store, post or phone; all when absent
//! -- @column month: month -- first day of the month
//! -- @column net_revenue: money -- without VAT and shipping
//! select ...
//! ```
//!
//! - the file `overview/by_month.sql` is the query `overview/by_month`; [`Library::read`] reads a folder of them;
//! - what several queries share is a fragment, `overview/with/revenue_by.sql`, which is put in where a query names it
//!   (`fragment`, `compose`);
//! - header lines come first: prose (its first line is the summary), `@param`, `@column`, and `@sorted` for roll-ups;
//! - `@small` lines say which columns a group of too few customers hides (`small`); steps that do it are put in (`hide`);
//! - a parameter is `$name` in the SQL; its value becomes a *typed literal in the parsed statement* (`statement`),
//!   never text pasted into SQL, so it also works where the engine's own placeholders do not (table functions, window
//!   frames) and types are checked as written;
//! - [`Library::check`] plans every query with typed nulls and lists all faults at once: file, line, remedy;
//! - [`run`] gives batches, [`stream`] gives them one by one; neither lets engine text reach a user;
//! - [`register_views`] turns `base/*.sql` and `rollup/*.sql` into views of a session.

mod bind;
mod check;
mod compose;
mod definition;
mod fragment;
mod header;
mod hide;
mod library;
mod origin;
mod prune;
mod run;
mod small;
mod statement;
mod text;
mod value;
mod views;

pub use bind::{BindError, BindFault, Bound};
pub use definition::{Reads, definitions, reads};
pub use header::{Column, Param, Query};
pub use library::Library;
pub use run::{Batches, QueryError, Refused, Rows, batches, plan, run, run_sql, sql_batches, stream};
pub use text::words as planner_words;
pub use value::{Kind, Value};
pub use views::{BASE, ROLLUP, register_views, rollups_in_order};
