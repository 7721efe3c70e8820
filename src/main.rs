//! The `chalandise` program; see [`chalandise::command`].

fn main() {}
