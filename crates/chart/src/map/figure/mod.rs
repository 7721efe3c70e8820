//! A figure of one or several maps of the same view: a difference beside its before and after, a catchment, candidates.
//!
//! Panels that are to be compared share one scale, which has one legend under the last of them. On a page each map's
//! geometry is there once and scales; names, stores and legends are laid out for each width of the place, because text
//! must not. Which layout shows is for [`super::css`]. A file is one drawing with all panels at one width.

mod arrange;
mod file;
mod key;
mod page;
mod panel;
mod signs;

pub(super) use arrange::css;
pub use file::figure_file;
pub use page::figure_page;

use super::cells::Shapes;
use super::{Base, Breaks, MapData, MapRing, MapSpec, Ramp, View};
use crate::format::{Language, Style};
use crate::theme::Theme;

/// What the colours of one or several panels mean.
#[derive(Clone, Debug)]
pub struct MapScale<'a> {
    /// The measure for the legend, such as `Chiffre d’affaires par cellule`; the unit is added.
    pub measure: &'a str,
    /// How values of the measure are written.
    pub style: Style,
    /// Class limits, computed on the values of all panels of this scale.
    pub breaks: Breaks,
    /// Colours of the classes.
    pub ramp: Ramp,
}

/// One map of a figure.
#[derive(Clone, Debug)]
pub struct MapPanel<'a> {
    /// What it shows: `Avant`. It stands over the map when there are several, and is its accessible name.
    pub label: &'a str,
    /// Its scale, by its place in [`MapFigure::scales`]; a panel without one is not drawn.
    pub scale: usize,
    /// Whether it is the one to look at first; the others are smaller beside or below it. At most one, and the first.
    pub large: bool,
    /// Cells and stores.
    pub data: MapData,
}

/// One or several maps of the same view.
#[derive(Clone, Debug)]
pub struct MapFigure<'a> {
    /// Prefix of all ids in the drawing, unique on the page.
    pub id: &'a str,
    /// Accessible name of a single map, and of the file.
    pub title: &'a str,
    /// The finding, in a sentence.
    pub desc: &'a str,
    /// Where to look.
    pub view: &'a View,
    /// The scales of the panels.
    pub scales: Vec<MapScale<'a>>,
    /// The maps, in reading order.
    pub panels: Vec<MapPanel<'a>>,
    /// Cells whose outline is drawn on every panel.
    pub rings: Vec<MapRing>,
    /// What the outlines hold so many percent of: `du CA localisé`.
    pub rings_of: &'a str,
    /// Customers below which cells are suppressed, as the legend says it.
    pub smallest_group: u32,
    /// Where the outlines of the base map come from.
    pub base: Base<'a>,
    /// Language of numbers and words.
    pub language: Language,
    /// Page classes or literal colours.
    pub theme: Theme,
    /// ISO 4217 code of money.
    pub currency: &'a str,
}

impl<'a> MapFigure<'a> {
    /// The panels that have a scale, with it and their place in the list.
    fn drawn(&self) -> impl Iterator<Item = (usize, &MapPanel<'a>, &MapScale<'a>)> {
        self.panels
            .iter()
            .enumerate()
            .filter_map(|(index, panel)| Some((index, panel, self.scales.get(panel.scale)?)))
    }

    /// The outlines of the cells of all panels, which mostly show the same ones.
    fn shapes(&self) -> Shapes {
        Shapes::of(self.panels.iter().flat_map(|panel| &panel.data.cells))
    }

    /// Whether a panel is the last one of its scale: the legend stands under it.
    fn ends_scale(&self, index: usize) -> bool {
        let scale = self.panels[index].scale;
        !self.panels[index + 1..].iter().any(|panel| panel.scale == scale)
    }

    /// Whether a panel gives way to a larger one.
    fn is_small(&self, index: usize) -> bool {
        !self.panels[index].large && self.panels.iter().any(|panel| panel.large)
    }

    /// A panel as a map of its own.
    fn spec<'s>(&'s self, scale: &'s MapScale<'_>, id: &'s str, title: &'s str, widths_px: &'s [f64]) -> MapSpec<'s> {
        MapSpec {
            id,
            title,
            desc: self.desc,
            measure: scale.measure,
            style: scale.style,
            view: self.view,
            breaks: &scale.breaks,
            ramp: scale.ramp,
            smallest_group: self.smallest_group,
            base: self.base,
            widths_px,
            language: self.language,
            theme: self.theme,
            currency: self.currency,
        }
    }
}
