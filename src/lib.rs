//! Chalandise: analytics and dashboards for omnichannel retailers.
//!
//! Source files become lake tables, tables become base views, models read and write tables, queries read them,
//! dashboards lay queries on a page. ARCHITECTURE.md walks one request through the rooms below.

pub mod command;
pub mod config;
pub mod dashboard;
pub mod generate;
pub mod http;
pub mod lake;
pub mod model;
pub mod notebook;
pub mod query;
