//! The network of stores and the market that it stands in.
//!
//! - where the residents live: [`market`]; how far they are from stores: [`reach`], by [`travel_time`];
//! - how they choose among stores: [`huff`], and how much of what their cells can spend they leave elsewhere: [`huff_spend`];
//! - what a change of the network does: [`scenario`]; where a store would pay: [`site_search`];
//! - where stores find their customers: [`catchment`], as files for maps: [`geo_parquet`].

pub mod catchment;
pub mod geo_parquet;
pub mod huff;
pub mod huff_spend;
pub mod market;
pub mod reach;
pub mod scenario;
pub mod site_search;
pub mod travel_time;
