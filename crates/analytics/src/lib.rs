//! Pure retail models.

pub mod record_linkage;
