//! Source files to checked rows: the shipped mappings, and what happens to files that are not what they should be.

mod bad_files;
mod bad_mappings;
mod bad_rows;
mod any_bytes;
mod repeats;
mod shipped;
mod support;
