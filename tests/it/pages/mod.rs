//! Pages over HTTP and page files, without a browser.

mod broken;
mod client;
mod crawl;
mod exports;
mod maps;
mod planner;
mod segment;
mod serving;
mod statuses;

pub(crate) use client::demo_site;
