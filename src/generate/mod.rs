//! The demo retailer: one file per law.
