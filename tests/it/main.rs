//! The one integration-test binary.

mod architecture;
mod commands;
mod config;
mod generate;
mod import;
mod lake;
mod queries;
