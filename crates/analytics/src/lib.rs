//! Pure retail models.
//!
//! - when customers buy and leave: [`bg_nbd`] and [`mbg_nbd`] (both [`beta_geometric`]), [`pareto_nbd`], [`bg_bb`], and where their
//!   likelihoods run off to: [`limit`]; what a purchase is worth: [`gamma_gamma`];
//! - what they take and how they are fitted: [`rfm`], [`season`], [`purchase_fit`], [`fit`], [`resampling`], [`numeric`];
//! - what they answer and how well: [`purchase`], [`repeat_order`], [`forecast`], [`tracking`], [`customer_equity`];
//! - who customers are and what they buy: [`record_linkage`], [`personas`], [`association`]; where they live: [`market`];
//! - how they choose among stores: [`huff`], and how much of what their cells can spend they leave elsewhere: [`huff_spend`];
//! - what a change of the network does: [`scenario`]; where a store would pay: [`site_search`];
//! - where stores find them: [`catchment`], by [`travel_time`], as files for maps: [`geo_parquet`].

pub mod association;
pub mod beta_geometric;
pub mod bg_bb;
pub mod bg_nbd;
pub mod catchment;
pub mod customer_equity;
pub mod fit;
pub mod forecast;
pub mod gamma_gamma;
pub mod geo_parquet;
pub mod huff;
pub mod huff_spend;
pub mod limit;
pub mod market;
pub mod mbg_nbd;
pub mod numeric;
pub mod pareto_nbd;
pub mod personas;
pub mod purchase;
pub mod purchase_fit;
pub mod reach;
pub mod record_linkage;
pub mod repeat_order;
pub mod resampling;
pub mod rfm;
pub mod scenario;
pub mod season;
pub mod site_search;
pub mod tracking;
pub mod travel_time;

mod count;
mod covariates;
