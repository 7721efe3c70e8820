//! The Huff model of store choice: what its parts share.

mod decay;

pub use decay::{Decay, UnknownDecay};
