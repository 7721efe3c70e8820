//! Pure retail models.

pub mod market;
pub mod record_linkage;
