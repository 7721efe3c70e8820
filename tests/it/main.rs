//! The one integration-test binary.

mod generate;
mod queries;
mod import;
