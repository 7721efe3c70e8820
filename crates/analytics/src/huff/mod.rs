//! Huff's model of store choice: a store draws customers by its attraction and loses them with distance.

mod decay;

pub use decay::Decay;
