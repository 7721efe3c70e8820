//! The one integration-test binary.

mod architecture;
mod generate;
mod import;
mod lake;
mod queries;
