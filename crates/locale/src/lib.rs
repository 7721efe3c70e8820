//! What depends on the country and the language of the retailer: the geography of France, and the languages that pages speak.
//!
//! A pure package below all others: charts, the importer, the demo and the models read the same communes.

pub mod geography;
mod language;

pub use language::{Language, UnknownLanguage, Words};
