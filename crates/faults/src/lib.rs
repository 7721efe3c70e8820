//! Faults in files that people write: queries, pages, filters, mappings, the configuration.
//!
//! Whoever edits such a file wants all of its faults at once, each with its place and what to do about it:
//!
//! - a [`Fault`] has file, line, what is wrong and the remedy; [`Faults`] are those of a check, and are shown in one way;
//! - a [`Document`] is a TOML file being read; its tables are read key by key as [`Section`]s, which note what is missing, of the
//!   wrong kind or unknown, and go on;
//! - [`nearest`] finds the word that was meant by a mistyped one.
//!
//! ```
//! use chalandise_faults::{Document, Section};
//!
//! let document = Document::new("shop.toml", "nmae = \"Nantes\"\nfloors = \"two\"\n");
//! let root = document.root();
//! let section = Section::root(&document, &root, "the shop");
//! assert_eq!(section.required_text("name"), None);
//! assert_eq!(section.whole("floors", 1..10), None);
//! section.close();
//! assert_eq!(document.finish().len(), 3);
//! ```

mod document;
mod fault;
mod nearest;
mod section;

pub use document::Document;
pub use fault::{Fault, Faults};
pub use nearest::{allowed, did_you_mean, hint, nearest};
pub use section::{Placed, Section};
