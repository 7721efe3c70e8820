//! Source files to checked rows: the shipped mappings, and what happens to files that are not what they should be.

mod any_bytes;
pub(crate) mod bad_files;
mod bad_mappings;
pub(crate) mod bad_rows;
mod repeats;
mod shipped;
mod support;
