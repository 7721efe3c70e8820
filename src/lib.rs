//! Chalandise: analytics and dashboards for omnichannel retailers.
//!
//! Source files become lake tables, tables become base views, models read and write tables, queries read them,
//! dashboards lay queries on a page. ARCHITECTURE.md walks one request through the rooms below. Each room is a package of its own, so
//! that the compiler keeps the direction of imports; this one holds the program and names them all.

pub mod command;
pub mod config;

pub use chalandise_dashboard as dashboard;
pub use chalandise_generate as generate;
pub use chalandise_http as http;
pub use chalandise_import as import;
pub use chalandise_lake as lake;
pub use chalandise_model as model;
pub use chalandise_notebook as notebook;
pub use chalandise_query as query;
pub use chalandise_serving as serving;
