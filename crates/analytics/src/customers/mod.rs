//! Customers as persons and as buyers of products.
//!
//! - whose accounts are one person's: [`record_linkage`];
//! - who buys alike: [`personas`]; what is bought together: [`association`];
//! - what customers to come are worth: [`customer_equity`].

pub mod association;
pub mod customer_equity;
pub mod personas;
pub mod record_linkage;
