//! An H3 heat map of France as semantic SVG: cells in classes, stores by revenue, borders, names, legend.
//!
//! A [`View`] says where to look (and is the URL's `view`), [`Breaks`] say which colour a value gets, [`render`] draws
//! one figure and [`legend`] its legend. On a page ([`crate::theme::Theme::Css`]) every coloured cell is a link and the
//! base map is one cached file; a file gets everything inline, its legend included. A [`MapFigure`] is one or several
//! maps of the same view beside each other, on classes that they share or not: [`figure_page`] and [`figure_file`].

mod boundary;
mod breaks;
mod cells;
mod error;
mod figure;
mod frame;
mod furniture;
mod geography;
mod inset;
mod labels;
pub(crate) mod legend;
mod outlines;
mod page;
mod path;
mod picture;
mod stores;
#[cfg(test)]
mod tests;
mod view;

pub use boundary::{Polygons, boundary, dissolve};
pub use breaks::{Breaks, Method};
pub use cells::MOST_LINKED_CELLS;
pub use error::MapError;
pub use figure::{MapFigure, MapPanel, MapScale, figure_file, figure_page};
pub use geography::base::{BaseMap, base_map};
pub use geography::projection::{Point, project, unproject};
pub use outlines::MapRing;
pub use page::{controls, css};
pub use picture::{legend, render};
pub use view::{ASPECT, Bounds, Direction, Place, View};

use crate::format::{Language, Style};
use crate::theme::Theme;

/// What is known of a cell.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CellState {
    /// It has a value and is coloured by its class.
    Shown,
    /// Too few customers: hatched, without figure, label or link.
    Suppressed,
    /// Nothing was sold there: land colour with an outline.
    Zero,
}

/// A cell of the map.
#[derive(Clone, Debug, PartialEq)]
pub struct MapCell {
    /// H3 index; what is no H3 cell is not drawn.
    pub cell: u64,
    /// What is coloured, in the unit of the map's measure; a shown cell without value is not drawn.
    pub value: Option<f64>,
    /// What is known of it.
    pub state: CellState,
    /// Where a click leads, relative to the page; short, since a view has thousands.
    pub href: Option<String>,
    /// Accessible name and tooltip, such as `Nantes, Rezé : 6,18 M €`. Not used for suppressed cells.
    pub label: String,
}

/// What becomes of a store, and whose it is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum StoreStatus {
    /// A store of the network: a circle.
    #[default]
    Open,
    /// One that is opened: a ringed dot.
    Opening,
    /// One that is closed: a cross.
    Closing,
    /// Somebody else's: a hollow square.
    Competitor,
}

/// A store of the map.
#[derive(Clone, Debug, PartialEq)]
pub struct MapStore {
    /// Store id; it breaks ties in the order of drawing.
    pub id: String,
    /// Name, for the accessible name and tooltip.
    pub name: String,
    /// Degrees north.
    pub latitude: f64,
    /// Degrees east.
    pub longitude: f64,
    /// Revenue of the period: the circle's area. Other signs than circles have one size.
    pub revenue: f64,
    /// Where a click leads, relative to the page.
    pub href: Option<String>,
    /// Its sign.
    pub status: StoreStatus,
    /// Whether the map is about it: drawn with a bold mark over a halo.
    pub selected: bool,
}

/// The data of a map.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct MapData {
    /// Cells, of one resolution. The legend counts all of them, so give those of the view.
    pub cells: Vec<MapCell>,
    /// Stores; the sizes of circles depend on the largest of all, not only of those in view.
    pub stores: Vec<MapStore>,
    /// The selected cell.
    pub selected: Option<u64>,
}

/// Colours of the classes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ramp {
    /// Few to many.
    Sequence,
    /// Less to more, round 0.
    Difference,
}

/// Where the outlines of the base map come from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Base<'a> {
    /// From the served file of [`base_map`], by its URL.
    Linked(&'a str),
    /// Inside the drawing, as an exported file needs it.
    Inline,
}

/// How to draw a map.
#[derive(Clone, Copy, Debug)]
pub struct MapSpec<'a> {
    /// Prefix of all ids in the drawing, unique on the page.
    pub id: &'a str,
    /// Accessible name.
    pub title: &'a str,
    /// The finding, in a sentence.
    pub desc: &'a str,
    /// The measure for the legend, such as `Chiffre d’affaires par cellule`; the unit is added.
    pub measure: &'a str,
    /// How values of the measure are written.
    pub style: Style,
    /// Where to look.
    pub view: &'a View,
    /// Class limits, computed once for all maps that are to be compared.
    pub breaks: &'a Breaks,
    /// Colours of the classes.
    pub ramp: Ramp,
    /// Customers below which cells are suppressed, as the legend says it.
    pub smallest_group: u32,
    /// Where the outlines come from.
    pub base: Base<'a>,
    /// Widths in pixels at which names and stores are laid out; the first is the drawing's own. On a page CSS shows
    /// the one that fits ([`css`] with the same widths); a file takes one.
    pub widths_px: &'a [f64],
    /// Language of numbers and words.
    pub language: Language,
    /// Page classes or literal colours.
    pub theme: Theme,
    /// ISO 4217 code of money.
    pub currency: &'a str,
}

/// The widths of the network page: desktop, tablet, phone, small phone.
pub const PAGE_WIDTHS_PX: [f64; 4] = [904.0, 680.0, 358.0, 288.0];
