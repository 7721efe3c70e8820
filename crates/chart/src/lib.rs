//! A small grammar of graphics: a chart specification and columns in, one semantic SVG out.
//!
//! Marks declare channels, scales are computed once, drawing only draws. Text is measured with the metrics of the one shipped
//! font before it is placed, so nothing clips or overlaps; what does not fit is dropped by priority. Everything is laid out at the
//! width it is drawn at, and text is never scaled.

mod canvas;
mod error;
pub mod format;
pub mod frame;
pub mod inspect;
mod layout;
pub mod map;
mod mark;
mod money_unit;
mod render;
mod scale;
mod scene;
pub mod spec;
pub mod svg;
pub mod text;
pub mod theme;

pub use error::{ChartError, SpecFault};
pub use format::{Language, Say, Words};
pub use frame::{Column, ColumnKind, Frame, Frames};
pub use money_unit::money_unit;
pub use render::render;
pub use spec::Spec;
pub use text::{FONT_FAMILY, font_files};
pub use theme::Theme;

/// What a drawing is apart from its data: name, size, language, colours.
#[derive(Debug, Clone, Copy)]
pub struct Drawing<'a> {
    /// Prefix of every id in the SVG, unique on its page.
    pub id: &'a str,
    /// Accessible name.
    pub title: &'a str,
    /// The finding in a sentence.
    pub desc: &'a str,
    /// Width in pixels; the height follows from the specification.
    pub width_px: f64,
    /// Language of numbers, dates and words.
    pub language: Language,
    /// Page classes or literal colours.
    pub theme: Theme,
    /// ISO 4217 code of the lake's currency.
    pub currency: &'a str,
}
