//! What depends on the country and the language of the retailer: the geography of France, the languages that pages speak, and the words of
//! the program in each of them.
//!
//! A pure package below all others: charts, the importer, the demo and the models read the same communes, and charts, pages and errors say
//! their words from one catalogue.

mod catalogue;
pub mod geography;
mod language;

pub use catalogue::{Argument, Say};
pub use language::{Language, UnknownLanguage, Words};
