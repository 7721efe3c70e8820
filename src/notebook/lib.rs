//! What users write down, in one SQLite file beside the lake: scenarios of the network planner so far.
//!
//! An *entry* is what one user saved under one name. All kinds of entries stand in one table (`schema`) and share name,
//! note, lake version, revision, times and trash (`store`); what an entry says is the kind's own [`Content`], kept as JSON.
//! The room knows neither the lake nor the clock: callers pass the lake version and the time. Its calls block for some
//! milliseconds, or until another process has written: call them where blocking is allowed.
//!
//! **Nothing that was answered with `Ok` is lost**: each call is one transaction, taken for writing from its start, so two
//! processes wait for each other; a later version replaces an earlier one only when it names the revision that it was made
//! from; what is deleted lies in the trash until it is restored.
//!
//! # A further kind of entry
//! Decisions, ratings or saved queries each are one new file beside `scenario/`:
//! 1. a type that derives `Serialize` and `Deserialize`. Let it be valid by construction (private fields and
//!    `#[serde(try_from = …)]`, as [`scenario::Plan`]), so that neither a form nor an edited file can bring in nonsense;
//! 2. `impl Content` for it, with a [`Content::KIND`] that no other kind has and that never changes again;
//! 3. its rows for SQL, a schema and a function from entries to a record batch, as `scenario/rows.rs`.
//!
//! Nothing else changes: `notebook.save(&NewEntry { name, note, content }, …)` and all other calls take it as it is. Later
//! fields of a kind are optional with a default, so that older entries stay readable; a change that older programs
//! cannot read is a further migration in `schema.rs`, whose number makes them say so.

mod entry;
mod error;
mod file;
mod plain;
mod schema;
mod store;

pub mod scenario;

pub use entry::{Content, Entry, EntryId, Listed, NewEntry, Unreadable};
pub use error::NotebookError;
pub use file::Notebook;
pub use plain::TextFault;
pub use scenario::Scenario;
