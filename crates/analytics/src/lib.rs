//! Pure retail models.

pub mod association;
pub mod beta_geometric;
pub mod bg_bb;
pub mod bg_nbd;
pub mod customer_equity;
pub mod fit;
pub mod forecast;
pub mod gamma_gamma;
pub mod market;
pub mod mbg_nbd;
pub mod numeric;
pub mod pareto_nbd;
pub mod personas;
pub mod purchase;
pub mod purchase_fit;
pub mod record_linkage;
pub mod repeat_order;
pub mod resampling;
pub mod rfm;
pub mod season;
pub mod tracking;

mod negative_binomial;
