//! The one integration-test binary.

mod generate;
mod queries;
