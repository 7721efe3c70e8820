//! Pages over HTTP and page files, without a browser.

mod broken;
pub(crate) mod client;
mod crawl;
mod exports;
mod maps;
mod planner;
mod scenario_exports;
mod scenario_input;
mod segment;
mod serving;
mod statuses;

pub(crate) use client::demo_site;
