//! What marks, axes and labels are made of: shapes on points, drawn through plotters by our backend.

use std::sync::Arc;

use plotters::element::PointCollection;

use crate::canvas::geometry::{Obstacle, Rect};
use crate::text::{self, SIZE_PX, Weight};
use crate::theme::Color;

/// How a shape is filled.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Hatch {
    /// Predicted: 45 degrees, step 6, line 3, in the mark's colour.
    Predicted(Color),
    /// Without a place or a name: thin grey lines.
    Unlocated,
}

/// Inside of a shape.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Fill {
    None,
    Solid(Color),
    /// With so much opacity.
    Sheer(Color, f64),
    Hatch(Hatch),
}

/// Outline of a shape, or a line.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Stroke {
    pub(crate) color: Color,
    pub(crate) width_px: f64,
    pub(crate) dash: Option<&'static str>,
}

impl Stroke {
    pub(crate) fn solid(color: Color, width_px: f64) -> Stroke {
        Stroke {
            color,
            width_px,
            dash: None,
        }
    }
}

/// Side of a text that its point marks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Align {
    Start,
    Middle,
    End,
}

/// A line of text on its baseline.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Text {
    pub(crate) text: String,
    pub(crate) weight: Weight,
    pub(crate) color: Color,
    pub(crate) align: Align,
    /// Inside its own bar, hence over it on purpose.
    pub(crate) inside: bool,
    /// With a halo in the page's colour, so that it may cross the grid.
    pub(crate) halo: bool,
}

impl Text {
    pub(crate) fn new(text: impl Into<String>, weight: Weight, color: Color, align: Align) -> Text {
        Text {
            text: text.into(),
            weight,
            color,
            align,
            inside: false,
            halo: false,
        }
    }

    /// The box of the text with its baseline point at `at`.
    pub(crate) fn bounds(&self, at: (f64, f64)) -> Rect {
        text_box(&self.text, at, self.align, self.weight)
    }
}

/// Box of a line of chart text; a hair wider than measured, because renderers round advances.
pub(crate) fn text_box(text: &str, at: (f64, f64), align: Align, weight: Weight) -> Rect {
    let width = text::width_px(text, SIZE_PX, weight);
    let left = match align {
        Align::Start => at.0,
        Align::Middle => at.0 - width / 2.0,
        Align::End => at.0 - width,
    };
    Rect {
        left,
        top: at.1 - text::RISE * SIZE_PX,
        right: left + width,
        bottom: at.1 + text::SINK * SIZE_PX,
    }
}

/// What is drawn on the points.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Shape {
    /// Between two corners.
    Rect,
    /// Through all points.
    Line,
    /// Through all points and back.
    Area,
    /// Round the first point.
    Circle { radius_px: f64 },
    /// A stroke of a length across the first point, upright or level, as last year's tick.
    Cross { reach_px: f64, upright: bool },
    /// A triangle with its tip so much above the first point.
    Triangle { reach_px: f64 },
    /// Between two upright edges that are level with each other at their ends: upper left, upper right, lower right, lower left.
    Ribbon,
    /// From the first point.
    Text(Text),
}

/// Which part of the picture a shape belongs to, back to front.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Layer {
    /// Grid and separators.
    Back,
    /// Marks; those of a linked row are gathered in its link.
    Mark(Option<usize>),
    /// Baselines and axis labels.
    Front,
}

/// Why a shape may be crossed by text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Quiet {
    /// A grid line, under labels with a halo.
    Grid,
    /// An uncertainty band or another pale area, under labels with a halo.
    Band,
    /// The place of a linked row that takes the pointer; invisible, and only on pages.
    Hit,
}

/// A shape on points of some coordinate system: data coordinates inside a panel, backend units outside.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Element<C> {
    pub(crate) points: Vec<C>,
    pub(crate) shape: Shape,
    pub(crate) fill: Fill,
    pub(crate) stroke: Option<Stroke>,
    pub(crate) layer: Layer,
    pub(crate) quiet: Option<Quiet>,
    pub(crate) title: Option<Arc<str>>,
}

impl<C> Element<C> {
    pub(crate) fn new(points: Vec<C>, shape: Shape, layer: Layer) -> Element<C> {
        Element {
            points,
            shape,
            fill: Fill::None,
            stroke: None,
            layer,
            quiet: None,
            title: None,
        }
    }

    pub(crate) fn fill(mut self, fill: Fill) -> Element<C> {
        self.fill = fill;
        self
    }

    pub(crate) fn stroke(mut self, stroke: Stroke) -> Element<C> {
        self.stroke = Some(stroke);
        self
    }

    pub(crate) fn quiet(mut self, quiet: Quiet) -> Element<C> {
        self.quiet = Some(quiet);
        self
    }

    pub(crate) fn title(mut self, title: Option<Arc<str>>) -> Element<C> {
        self.title = title;
        self
    }

    /// What labels must keep clear of, with the points in pixels. Text is placed apart and is no obstacle here.
    pub(crate) fn obstacles(&self, points: &[(f64, f64)]) -> Vec<Obstacle> {
        if self.quiet.is_some() {
            return vec![];
        }
        let half = self.stroke.map_or(0.0, |stroke| stroke.width_px / 2.0);
        let Some(&first) = points.first() else {
            return vec![];
        };
        let around = |dx: f64, dy: f64| Rect {
            left: first.0 - dx,
            top: first.1 - dy,
            right: first.0 + dx,
            bottom: first.1 + dy,
        };
        match &self.shape {
            Shape::Ribbon => Rect::around(points).into_iter().map(Obstacle::Box).collect(),
            Shape::Rect => vec![Obstacle::Box(
                Rect::between(first, points.last().copied().unwrap_or(first)).grown(half),
            )],
            Shape::Line | Shape::Area => points
                .windows(2)
                .map(|pair| Obstacle::Stroke(pair[0], pair[1], half))
                .collect(),
            Shape::Circle { radius_px } => {
                vec![Obstacle::Box(around(radius_px + half, radius_px + half))]
            }
            Shape::Cross {
                reach_px,
                upright: true,
            } => vec![Obstacle::Box(around(half, *reach_px))],
            Shape::Cross {
                reach_px,
                upright: false,
            } => vec![Obstacle::Box(around(*reach_px, half))],
            Shape::Triangle { reach_px } => vec![Obstacle::Box(around(*reach_px, *reach_px))],
            Shape::Text(_) => vec![],
        }
    }
}

impl<'a, C> PointCollection<'a, C> for &'a Element<C> {
    type Point = &'a C;
    type IntoIter = std::slice::Iter<'a, C>;

    fn point_iter(self) -> Self::IntoIter {
        self.points.iter()
    }
}
