//! The laws that the demo follows, one file each; `Law` lists those that can be switched off.

pub mod dirt;
pub mod effects;
pub mod history;
pub mod mailings;
pub mod marketing_costs;
pub mod products;
pub mod purchasing;
pub mod sales_channel;
pub mod same_day;
pub mod seasonality;
pub mod store_choice;
pub mod stores;
