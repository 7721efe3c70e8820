//! Timings of the pure packages.

fn main() {}
