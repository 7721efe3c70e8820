//! The grammar: what a page file says about a chart. `GRAMMAR.md` beside this crate is its reference.

mod check;

use serde::Deserialize;

use crate::format::Style;
pub use crate::format::Words;
use crate::text::Weight;

/// A chart: panels stacked down (one x axis for all) or set across (one y axis for all).
#[derive(Debug, Clone, PartialEq, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Spec {
    /// How the panels are arranged.
    pub arrange: Arrange,
    /// The x axis shared by panels that are stacked down.
    pub x: Axis,
    /// The y axis shared by panels that are set across.
    pub y: Axis,
    /// Makes each row of the main data one link.
    pub link: Option<Link>,
    /// The panels, top to bottom or left to right.
    pub panels: Vec<Panel>,
    /// What is written when there is no row; a standard sentence when absent.
    pub no_data: Option<Words>,
}

/// Arrangement of panels.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Arrange {
    /// Stacked, sharing x.
    #[default]
    Down,
    /// Side by side, sharing y.
    Across,
}

/// An axis. Which keys make sense depends on its scale: `row_px`, `separators` and `missing` are for bands, `zero`, `domain` for numbers.
#[derive(Debug, Clone, PartialEq, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Axis {
    /// The column of a shared axis, or of a panel's own bands; marks take it when they name none.
    pub column: Option<String>,
    /// The kind of scale: by default bands for a shared axis, linear otherwise.
    pub scale: Option<ScaleKind>,
    /// Heading of the label column (bands on y) or name beside the axis; may hold `{unit}`.
    pub title: Option<Words>,
    /// Where the labels stand.
    pub labels: Option<LabelSide>,
    /// How labels and ticks are written.
    pub format: Option<Style>,
    /// Column that holds the label of each band, when it is not the band's own column.
    pub label_column: Option<String>,
    /// The same for a phone, such as `1` for `T+1`.
    pub phone_label_column: Option<String>,
    /// Which bands of a panel's own axis go when not all of them have room; without it their texts go.
    pub drop: Option<Drop>,
    /// Weight of the labels.
    pub weight: Option<Weight>,
    /// About how many ticks; 0 for no tick at all. By default 0 for linear axes.
    pub ticks: Option<usize>,
    /// Grid lines at the ticks.
    pub grid: bool,
    /// Whether the scale reaches zero; by default when a bar or an area stands on it.
    pub zero: Option<bool>,
    /// A fixed range instead of the data's.
    pub domain: Option<[f64; 2]>,
    /// Height of a band on y, in pixels (24 by default).
    pub row_px: Option<f64>,
    /// The same below 500 px.
    pub phone_row_px: Option<f64>,
    /// Hairlines between the bands of y.
    pub separators: bool,
    /// The name of the band whose value is missing; it stands last, apart, hatched and muted.
    pub missing: Option<Words>,
}

/// Kinds of scale.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ScaleKind {
    /// One band per distinct value, in the order of the rows.
    Band,
    /// One equal band per month; days fall in proportion inside their month.
    Month,
    /// Days, continuous.
    Time,
    /// Numbers.
    Linear,
}

/// Where the labels of a band axis stand.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LabelSide {
    /// Nowhere.
    None,
    /// Left of the band (y only).
    Left,
    /// On a line of their own above what the band holds (y), or above the grid (a panel's own x).
    Above,
    /// Below the panel (x).
    Below,
}

/// End of a band axis at which bands without room are left out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Drop {
    /// At the left.
    First,
    /// At the right.
    Last,
}

/// One link per row of the main data.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Link {
    /// Address template, such as `?region={region}`; values are percent-encoded.
    pub href: String,
    /// Accessible name template.
    pub label: Words,
}

/// A panel: marks on one pair of axes.
#[derive(Debug, Clone, PartialEq, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Panel {
    /// Stands left of a stacked panel (above it on a phone), or heads a panel set across; may hold `{unit}`.
    pub title: Option<Words>,
    /// The title below 500 px.
    pub phone_title: Option<Words>,
    /// Own x axis, when panels are set across.
    pub x: Axis,
    /// Own y axis, when panels are stacked down.
    pub y: Axis,
    /// Height of a stacked panel in pixels.
    pub height_px: Option<f64>,
    /// The same below 500 px; three quarters of the height by default.
    pub phone_height_px: Option<f64>,
    /// Fixed width of a panel set across, in pixels; a panel of texts alone measures itself.
    pub width_px: Option<f64>,
    /// Share of the width that fixed panels leave over (1 by default).
    pub share: Option<f64>,
    /// Draws the panel only at one size.
    pub only: Option<Only>,
    /// Whether the labels of a shared x axis stand below this panel; by default below the last one without triangles.
    pub x_labels: Option<bool>,
    /// The marks, back to front.
    pub marks: Vec<Mark>,
}

/// Sizes of drawing: the border is 500 px.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Only {
    /// From 500 px.
    Wide,
    /// Below 500 px.
    Phone,
}

/// A mark and its channels. Every mark takes `data`, `color`, `notation`, `title` and `rows`; [`MarkKind`] says which others it takes.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Mark {
    /// What is drawn.
    pub mark: MarkKind,
    /// Another dataset than the main one.
    pub data: Option<String>,
    /// Position along x, a column or a number.
    pub x: Option<Channel>,
    /// Second position along x.
    pub x2: Option<Channel>,
    /// Position along y, a column or a number.
    pub y: Option<Channel>,
    /// Second position along y.
    pub y2: Option<Channel>,
    /// Lower bounds and upper bounds of the 80 % and the 95 % interval.
    pub low80: Option<String>,
    /// See `low80`.
    pub high80: Option<String>,
    /// See `low80`.
    pub low95: Option<String>,
    /// See `low80`.
    pub high95: Option<String>,
    /// Column whose values part the rows into series (lines, areas).
    pub series: Option<String>,
    /// Colour.
    pub color: Option<ColorChannel>,
    /// IBCS-like notation.
    pub notation: Option<NotationChannel>,
    /// Share of the band that is filled, from 0 (left, top) to 1.
    pub span: Option<[f64; 2]>,
    /// Label.
    pub text: Option<Label>,
    /// A second line of a label: muted (triangle), or regular under the bold first one (cell).
    pub note: Option<Label>,
    /// Tooltip template, such as `{month:month_year_long} : {revenue:money_short}`.
    pub title: Option<Words>,
    /// Which rows are drawn.
    #[serde(default)]
    pub rows: Rows,
    /// Radius of a dot in pixels.
    pub radius_px: Option<f64>,
    /// Stroke width of a line or rule in pixels.
    pub stroke_px: Option<f64>,
    /// The limits between the classes of cells; computed from the values when absent.
    pub breaks: Option<Vec<f64>>,
    /// How the limits are written under the cells; as the text of the cells when absent.
    pub legend_format: Option<Style>,
    /// The rows whose figure is not shown.
    pub hidden: Option<Hidden>,
    /// Where a flow comes from.
    pub from: Option<Side>,
    /// Where a flow goes to.
    pub to: Option<Side>,
    /// How much flows.
    pub value: Option<Amount>,
}

/// Groups too small to be shown: their cells are hatched, without figure, tooltip or link.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Hidden {
    /// Column of booleans (`true`, or a number other than 0).
    pub column: String,
    /// What the legend and the tooltip say of them.
    pub words: Option<Words>,
}

/// One side of a flow: the groups that rows leave or reach.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Side {
    /// Column with the group's name.
    pub column: String,
    /// Column with the group's rank, the best first; the order of appearance when absent.
    pub order: Option<String>,
    /// Heading of the side.
    pub title: Option<Words>,
    /// The name of the group whose name is missing; it stands last.
    pub missing: Option<Words>,
}

/// The size of a flow.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Amount {
    /// Column of numbers; a flow of zero or less is not drawn.
    pub column: String,
    /// How sizes are written.
    pub format: Option<Style>,
    /// Whether groups of both sides have their change written at the right (they do by default).
    pub change: Option<bool>,
}

/// Kinds of mark; each has its own file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MarkKind {
    /// A line through x, y per `series`; missing values break it. Its `text` stands at the line's end.
    Line,
    /// The area between y and y2 (0 when absent), or the 80/95 % bands of `low80` and the like.
    Area,
    /// A bar from zero (or x2, y2) to the value, in a band.
    Bar,
    /// A dot.
    Dot,
    /// A straight line: across the panel at one value, or from x, y to x2, y2.
    Rule,
    /// Text alone.
    Text,
    /// A short stroke across the band at a value, such as last year's.
    Tick,
    /// 80 and 95 % whiskers along the value axis.
    Interval,
    /// A triangle on the time axis with its name and note.
    Triangle,
    /// A cell of a grid over two band axes, in one of seven classes.
    Cell,
    /// Flows between two ordered lists of groups.
    Flow,
}

/// A column's name or a constant.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(untagged)]
pub enum Channel {
    /// The same value for every row.
    Constant(f64),
    /// A column.
    Column(String),
}

/// Where a colour comes from.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ColorChannel {
    /// The measured series.
    Accent,
    /// Last year.
    Py,
    /// Text colour.
    Ink,
    /// Secondary text colour.
    Ink2,
    /// Quiet text colour.
    Muted,
    /// Baseline grey.
    Axis,
    /// Positive difference.
    Gain,
    /// Negative difference.
    Loss,
    /// Gain or loss by the sign of a column.
    Sign(String),
    /// The fixed colour of the sales channel in a column.
    SalesChannel(String),
    /// One of seven colours per distinct value, in the order of the rows.
    Category(String),
    /// One of the seven classes of the sequence, by equal steps from zero or the smallest value to the largest.
    Sequence(String),
    /// One of the seven classes of the differences, symmetric round zero.
    Difference(String),
}

/// Measured, predicted, simulated or last year; the same for all rows or by a column with these names.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum NotationChannel {
    /// Solid.
    Measured,
    /// Hatched; lines dashed.
    Predicted,
    /// Outlined over a soft tint.
    Simulated,
    /// Grey, behind, shifted left.
    LastYear,
    /// By the values of a column.
    Column(String),
}

/// A label.
#[derive(Debug, Clone, PartialEq, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Label {
    /// The column to write.
    pub column: Option<String>,
    /// Or a template.
    pub words: Option<Words>,
    /// How the column is written.
    pub format: Option<Style>,
    /// How it is written on a phone, or where `format` has no room (cell only).
    pub phone_format: Option<Style>,
    /// 400 or 600.
    pub weight: Option<Weight>,
    /// Where it stands; each mark has its own default.
    pub place: Option<Place>,
    /// Its colour; by default the mark's for `sign`, ink otherwise.
    pub color: Option<ColorChannel>,
    /// Which rows are labelled; by default all, and the maximum, minimum and last below 500 px.
    pub show: Option<Show>,
}

/// Where a label stands relative to its mark.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Place {
    /// Behind the mark's end, in the direction of the value.
    End,
    /// At the panel's left edge (text only).
    Left,
    /// At the panel's right edge (text only).
    Right,
    /// Above the mark.
    Above,
    /// Below the mark.
    Below,
    /// Inside a bar that is long enough.
    Inside,
    /// In the middle of the mark's place.
    Center,
}

/// Which rows are labelled.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Show {
    /// Every row.
    All,
    /// Maximum, minimum and last.
    Extremes,
    /// The last row.
    Last,
}

/// Which rows are drawn.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Rows {
    /// Every row.
    #[default]
    All,
    /// The first row.
    First,
    /// The last row that has a value.
    Last,
}
