//! The one integration-test binary.

mod architecture;
mod generate;
mod lake;
mod queries;
mod import;
