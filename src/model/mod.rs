//! The joiners: read tables, call analytics, write tables.
