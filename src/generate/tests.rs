//! Tests across laws.
