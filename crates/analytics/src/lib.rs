//! Pure retail models.

pub mod market;
