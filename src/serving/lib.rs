//! The one way in to the open lake, for every door that answers people: pages today, wire protocols later.
//!
//! [`OpenLake`] follows the newest lake version and opens each once. A [`Version`] has a session, the results known already ([`Data`]), the
//! network ready for scenarios, and what features compute for requests. Every query runs on a task of its own within [`Limits`]: a deadline,
//! rows and bytes, kept around the stream of its batches and not only around planning.

mod answer;
mod cache;
mod data;
mod follow;
mod table;

pub use answer::{Answer, Asked, Limits, Stopped};
pub use cache::{Cache, Weigh};
pub use data::{Data, DataError, Parameters};
pub use follow::{CACHE_BYTES, OpenLake, Options, Tables, Version};
pub use table::{Cell, CellsError, ColumnKind, Table, TableColumn};
