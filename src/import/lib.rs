//! From a retailer's exports to rows of the lake, every row and cent accounted for.
//!
//! 1. *Read*: each source file, by its mapping, into typed rows staged as Parquet; what cannot be read is kept aside.
//! 2. *Shape*: the mapping's SQL turns the staged files into canonical tables.
//! 3. *Check*: every canonical row against the lake's contract.
//! 4. *Merge*: table by table into the lake, customers derived, one lake version published (`operation`).
//!
//! Until the merge the lake is not touched: a fault before it leaves the lake as it was. Everything runs in bounded memory: files are read
//! in batches, joins and sorts spill, one bit a line proves that no row is lost.

pub mod account;
mod assign;
mod check;
mod dates;
mod derive;
mod engine;
pub mod error;
mod functions;
mod gazetteer;
mod input;
mod line_set;
pub mod mapping;
mod numbers;
mod operation;
mod part;
mod progress;
mod read;
pub mod rejects;
mod seen;
mod shape;
mod stage;
mod unique;

pub use account::{Account, FileAccount, Flow, Outcome, TableAccount, Tally};
pub use error::ImportError;
pub use gazetteer::{Gazetteer, region_name};
pub use input::{Input, describe};
pub use mapping::Mapping;
pub use operation::{ImportFailure, ImportPlan, Imported, Merged, Prepared, Report, import, prepare};
pub use progress::Progress;
pub use rejects::{Reject, RejectWriter};
pub use stage::{Options, Staged, StagedTable, stage};
