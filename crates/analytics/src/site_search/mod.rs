//! Where a store would pay.
