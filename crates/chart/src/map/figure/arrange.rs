//! How the panels of a figure stand beside each other at a width: in the drawing of a file and in the page's style sheet
//! alike.

use std::fmt::Write as _;

use super::super::view::ASPECT;
use super::MapFigure;

/// Between two columns, and between two rows, in pixels.
pub(super) const GUTTER_PX: f64 = 32.0;
pub(super) const ROW_GAP_PX: f64 = 16.0;
/// A panel's label with the space under it, in pixels.
pub(super) const HEADING_PX: f64 = 24.0;
/// A single map grows no wider: its height would fill the window.
const WIDEST_PX: f64 = 904.0;
/// The least width of a key beside a single map, in pixels.
const KEY_PX: f64 = 216.0;
/// From this width on two small maps stand beside a large one.
const SIDE_FROM_PX: f64 = 840.0;
/// From this width on maps stand beside each other at all.
const COLUMNS_FROM_PX: f64 = 600.0;
/// The least width of one of several maps in a row, in pixels.
const NARROWEST_PX: f64 = 264.0;

/// How panels stand at a width.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Arrangement {
    /// One under the other.
    Stack,
    /// One map with all keys at its right.
    Beside,
    /// So many in a row.
    Row(usize),
    /// A large one at the left, two small ones in a column at its right, with one lower edge.
    Side,
    /// A large one, under it so many small ones in a row.
    Over(usize),
}

impl Arrangement {
    /// The arrangement of a figure at a width in pixels.
    pub(super) fn of(figure: &MapFigure<'_>, width_px: f64) -> Self {
        let panels = figure.panels.len();
        let columns = |maps: usize| {
            let fits = |columns: &usize| map_in_row(*columns, width_px) >= NARROWEST_PX;
            (2..=maps.min(3)).rev().find(fits).unwrap_or(2)
        };
        if panels <= 1 {
            let beside = width_px >= WIDEST_PX + GUTTER_PX + KEY_PX;
            return if beside { Self::Beside } else { Self::Stack };
        }
        if width_px < COLUMNS_FROM_PX {
            return Self::Stack;
        }
        match figure.panels.iter().any(|panel| panel.large) {
            true if panels <= 3 && width_px >= SIDE_FROM_PX => Self::Side,
            true => Self::Over(columns(panels - 1)),
            false => Self::Row(columns(panels)),
        }
    }

    /// The width of a map in pixels.
    pub(super) fn map_px(self, large: bool, width_px: f64) -> f64 {
        match self {
            Self::Stack | Self::Beside => width_px.min(WIDEST_PX),
            Self::Over(_) if large => width_px.min(WIDEST_PX),
            Self::Row(columns) | Self::Over(columns) => map_in_row(columns, width_px),
            Self::Side if large => width_px - GUTTER_PX - side_px(width_px),
            Self::Side => side_px(width_px),
        }
    }

    /// The width of the key in pixels.
    pub(super) fn key_px(self, width_px: f64) -> f64 {
        match self {
            Self::Beside => width_px - WIDEST_PX - GUTTER_PX,
            _ => width_px,
        }
    }

    /// The columns of a row that holds no large map.
    fn columns(self) -> usize {
        match self {
            Self::Row(columns) | Self::Over(columns) => columns,
            Self::Stack | Self::Beside => 1,
            Self::Side => 2,
        }
    }

    /// The name in classes of the page.
    pub(super) fn name(self) -> String {
        match self {
            Self::Stack => "stack".to_owned(),
            Self::Beside => "beside".to_owned(),
            Self::Side => "side".to_owned(),
            Self::Row(columns) => format!("row-{columns}"),
            Self::Over(columns) => format!("over-{columns}"),
        }
    }

    /// The rules of the grid, for an element of the class.
    fn rules(self, class: &str) -> String {
        match self {
            Self::Stack => format!(".{class} .map-panel{{max-width:{WIDEST_PX}px}}"),
            Self::Beside => format!(
                ".{class}{{grid-template-columns:{WIDEST_PX}px minmax(0,1fr)}}\
                 .{class} .map-key{{grid-column:auto;align-self:end}}",
            ),
            Self::Side => format!(
                ".{class}{{grid-template-columns:minmax(0,1fr) calc((100% - {:.1}px)/3);grid-template-rows:auto 1fr}}\
                 .{class} .map-panel.large{{grid-row:1/span 2}}",
                SIDE_LOSS_PX,
            ),
            Self::Row(columns) => format!(".{class}{{grid-template-columns:repeat({columns},minmax(0,1fr))}}"),
            Self::Over(columns) => format!(
                ".{class}{{grid-template-columns:repeat({columns},minmax(0,1fr))}}\
                 .{class} .map-panel.large{{grid-column:1/-1;max-width:{WIDEST_PX}px}}",
            ),
        }
    }

    /// Where the panels stand: column and row of each, from 0.
    pub(super) fn places(self, figure: &MapFigure<'_>) -> Vec<(usize, usize)> {
        let columns = self.columns();
        let mut next = 0;
        figure
            .drawn()
            .map(|(_, panel, _)| match self {
                Self::Side if panel.large => (0, 0),
                Self::Side => {
                    next += 1;
                    (1, next - 1)
                }
                _ if panel.large => {
                    let row = next / columns;
                    next += columns;
                    (0, row)
                }
                _ => {
                    next += 1;
                    ((next - 1) % columns, (next - 1) / columns)
                }
            })
            .collect()
    }
}

fn map_in_row(columns: usize, width_px: f64) -> f64 {
    let gutters = columns.saturating_sub(1) as f64 * GUTTER_PX;
    (width_px - gutters) / columns.max(1) as f64
}

/// What the two columns of [`Arrangement::Side`] do not share as two to one: the gutter, and what makes the large map as
/// high as two small ones with the label and the gap between them.
const SIDE_LOSS_PX: f64 = GUTTER_PX + (HEADING_PX + ROW_GAP_PX) * ASPECT;

fn side_px(width_px: f64) -> f64 {
    (width_px - SIDE_LOSS_PX) / 3.0
}

/// A width that a page's place may have, as the style sheet of charts has them.
pub(super) struct Slot {
    /// Ends the class of what shows at this width only: `m-desk`.
    pub(super) name: &'static str,
    /// The widest window in which it shows; none for the first.
    window_px: Option<f64>,
    /// The width of the figure; none for the place's own on a desk.
    width_px: Option<f64>,
}

/// From the desk to the small phone. Windows and widths are those of all charts; on the smallest phones charts scale,
/// and maps have a layout of their own.
pub(super) const SLOTS: [Slot; 5] = [
    Slot {
        name: "desk",
        window_px: None,
        width_px: None,
    },
    Slot {
        name: "880",
        window_px: Some(1239.98),
        width_px: Some(880.0),
    },
    Slot {
        name: "680",
        window_px: Some(959.98),
        width_px: Some(680.0),
    },
    Slot {
        name: "358",
        window_px: Some(759.98),
        width_px: Some(358.0),
    },
    Slot {
        name: "288",
        window_px: Some(389.98),
        width_px: Some(288.0),
    },
];

impl Slot {
    /// The class of what shows at this width only.
    pub(super) fn class(&self) -> String {
        format!("m-{}", self.name)
    }

    /// The figure's width in pixels, in a place of `desk_px`.
    pub(super) fn figure_px(&self, desk_px: f64) -> f64 {
        self.width_px.unwrap_or(desk_px)
    }

    /// The class of a figure that is arranged so at this width.
    pub(super) fn arranged(&self, arrangement: Arrangement) -> String {
        format!("maps-{}-{}", self.name, arrangement.name())
    }
}

/// The style sheet of figures of maps: which layout shows in which window, and where the panels stand.
pub(in super::super) fn css() -> String {
    let mut css = format!(
        ".maps{{display:grid;gap:{ROW_GAP_PX}px {GUTTER_PX}px;align-content:start}}\n\
         .map-panel{{min-width:0}}.map-panel h3{{margin:0 0 8px;font-size:12px;line-height:16px;font-weight:600}}\n\
         .map-figure{{width:100%;height:auto;aspect-ratio:{ASPECT:.5};overflow:hidden}}\n\
         .map-scale{{margin-top:12px}}.map-key{{grid-column:1/-1}}\n\
         .map-figure .cells a:hover path,.map-figure .cells [data-tip]:hover{{stroke:var(--ink);stroke-width:15}}\n\
         .map-figure .cells a:focus-visible path{{stroke:var(--ink);stroke-width:15}}\n\
         .map-figure a:focus{{outline:none}}.map-figure:focus-visible{{outline-offset:-2px}}\n",
    );
    for slot in &SLOTS {
        let mut rules = String::new();
        for other in &SLOTS {
            let display = if other.name == slot.name { "block" } else { "none" };
            let _ = write!(rules, ".{}{{display:{display}}}", other.class());
        }
        if let Some(width_px) = slot.width_px {
            let _ = write!(
                rules,
                ".maps{{width:{width_px}px;grid-template:none}}.maps .map-panel{{grid-area:auto;max-width:none}}\
                 .maps .map-key{{grid-column:1/-1;align-self:auto}}"
            );
        }
        for arrangement in [
            Arrangement::Stack,
            Arrangement::Beside,
            Arrangement::Row(2),
            Arrangement::Row(3),
            Arrangement::Side,
            Arrangement::Over(2),
            Arrangement::Over(3),
        ] {
            rules.push_str(&arrangement.rules(&slot.arranged(arrangement)));
        }
        match slot.window_px {
            None => css.push_str(&rules),
            Some(window_px) => {
                let _ = write!(css, "\n@media screen and (max-width:{window_px}px){{{rules}}}");
            }
        }
    }
    css.push('\n');
    css
}
