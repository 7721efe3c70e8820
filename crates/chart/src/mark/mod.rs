//! The marks, one file each. A mark turns rows into shapes on data coordinates and into wishes for labels; it measures and draws nothing itself.

mod area;
mod bar;
pub(crate) mod cell;
mod dot;
pub(crate) mod flow;
mod interval;
mod line;
mod rule;
pub(crate) mod text;
mod tick;
pub(crate) mod triangle;

use crate::canvas::area::Area;
use crate::canvas::element::{self, Align, Text};
use crate::canvas::geometry::Rect;
use crate::canvas::place::{Slide, Spot, Wish};
use crate::canvas::plan::Plan;
use crate::scene::layer::{Layer, Notation};
use crate::spec::{Axis, Label, Mark, MarkKind, Place};
use crate::text::{CENTER_PX, RISE, SIZE_PX, Weight};
use crate::theme::Color;

/// A mark's rows with the panel that they go on.
pub(crate) struct Context<'a> {
    pub(crate) layer: Layer<'a>,
    pub(crate) area: &'a Area,
    /// Number of the panel among those drawn.
    pub(crate) panel: usize,
    /// The marks of the panel, for what depends on company: a bar makes room for last year's.
    pub(crate) company: &'a [Mark],
    /// The panel's own axis.
    pub(crate) axis: &'a Axis,
    /// The box that labels of the panel must not leave.
    pub(crate) within: Rect,
}

impl Context<'_> {
    /// Plans the mark.
    pub(crate) fn plan(&self, plan: &mut Plan) {
        match self.layer.mark.mark {
            MarkKind::Line => line::plan(self, plan),
            MarkKind::Area => area::plan(self, plan),
            MarkKind::Bar => bar::plan(self, plan),
            MarkKind::Dot => dot::plan(self, plan),
            MarkKind::Rule => rule::plan(self, plan),
            MarkKind::Text => text::plan(self, plan),
            MarkKind::Tick => tick::plan(self, plan),
            MarkKind::Interval => interval::plan(self, plan),
            MarkKind::Triangle => triangle::plan(self, plan),
            MarkKind::Cell => cell::plan(self, plan),
            MarkKind::Flow => flow::plan(self, plan),
        }
    }

    /// The coordinate of a row's value on the panel's own scale.
    fn own(&self, row: usize) -> Option<f64> {
        self.layer
            .value(self.layer.value_channel(), row)
            .map(|value| self.area.number(value))
    }

    /// The part of a band that the mark fills.
    fn span(&self) -> [f64; 2] {
        let mark = self.layer.mark;
        let last_year = |mark: &Mark| mark.notation == Some(crate::spec::NotationChannel::LastYear);
        let beside = self
            .company
            .iter()
            .any(|other| other.mark == MarkKind::Bar && last_year(other));
        match (mark.span, self.area.down(), last_year(mark), beside) {
            (Some(span), ..) => span,
            (None, true, true, _) => [0.16, 0.58],
            (None, true, false, true) => [0.3, 0.78],
            (None, true, false, false) => [0.2, 0.8],
            (None, false, true, _) => [0.1, 0.3],
            (None, false, false, true) => [0.3, 0.75],
            (None, false, false, false) => [0.23, 0.77],
        }
    }

    /// Middle of the row's part of its band, or its place on a continuous scale, as a shared coordinate.
    fn middle(&self, row: usize) -> Option<f64> {
        let [from, to] = self.span();
        match self.layer.band_start(&self.area.shared, row) {
            Some(start) => Some(self.area.in_band(start, (from + to) / 2.0)),
            None => self.layer.place(&self.area.shared, row, false),
        }
    }

    /// Whether labels of the panel may come to lie on grid lines or pale areas, and so need a halo.
    fn over_pale(&self) -> bool {
        let pale = |mark: &Mark| mark.mark == MarkKind::Area;
        !self.area.ticks.is_empty() || self.company.iter().any(pale)
    }

    fn element_layer(&self, row: usize) -> element::Layer {
        element::Layer::Mark(self.layer.link_row(row))
    }

    /// Wishes for a label on each labelled row, `reach` pixels from the point of the value.
    fn labels(&self, plan: &mut Plan, reach: f64, default: Place, weight: Weight) {
        let Some(label) = &self.layer.mark.text else {
            return;
        };
        let rows = self.layer.rows();
        for (row, priority) in self.layer.labelled(label, &rows) {
            let (Some(middle), Some(own)) = (self.middle(row), self.own(row)) else {
                continue;
            };
            let at = self.area.px(self.area.at(middle, own));
            let backwards = self
                .layer
                .value(self.layer.value_channel(), row)
                .is_some_and(|value| value < 0.0);
            self.label(
                plan,
                label,
                row,
                Point {
                    at,
                    reach,
                    place: label.place.unwrap_or(default),
                    backwards,
                    priority,
                    weight,
                },
            );
        }
    }

    fn label(&self, plan: &mut Plan, label: &Label, row: usize, point: Point) {
        let Some(words) = self.layer.scene.label(label, self.layer.frame, row) else {
            return;
        };
        let quiet = self.layer.unlocated(row);
        let weight = if quiet {
            Weight::Regular
        } else {
            label.weight.unwrap_or(point.weight)
        };
        let mut text = Text::new(words, weight, self.layer.label_color(label, row), Align::Middle);
        text.halo = self.over_pale();
        let inside = self.inside_column(&text, &point);
        plan.wish(Wish {
            text,
            spots: self.spots(&point),
            inside,
            within: self.within,
            priority: point.priority,
            layer: self.element_layer(row),
        });
    }

    /// The label under the top of its own column, where the column has room: for one whose neighbour stands in the way above.
    fn inside_column(&self, text: &Text, point: &Point) -> Option<(Text, (f64, f64))> {
        let layer = &self.layer;
        let solid =
            layer.mark.mark == MarkKind::Bar && layer.mark.notation.is_none() && layer.value2_channel().is_none();
        if !solid || !self.area.down() || point.backwards {
            return None;
        }
        let (x, top) = point.at;
        let [from, to] = self.span();
        let middle = self.area.in_band(0.0, 0.5);
        let foot = self.area.px(self.area.at(middle, self.area.zero())).1;
        let text = Text {
            color: Color::Page,
            halo: false,
            inside: true,
            align: Align::Middle,
            ..text.clone()
        };
        let at = (x, top + 4.0 + RISE * SIZE_PX);
        let bounds = text.bounds(at);
        let fits = bounds.width() + 4.0 <= (to - from) * self.area.band_px().abs() && bounds.bottom + 3.0 <= foot;
        fits.then_some((text, at))
    }

    /// Places round a point: the wished side first; a lone dot on a continuous scale may have its label on any side.
    fn spots(&self, point: &Point) -> Vec<Spot> {
        let ((x, y), reach) = (point.at, point.reach);
        let rise = RISE * SIZE_PX;
        let spot = |align, dx: f64, dy: f64, slide| Spot {
            at: (x + dx, y + dy),
            align,
            slide,
        };
        let above = spot(Align::Middle, 0.0, -reach - 6.0, Slide::Up);
        let below = spot(Align::Middle, 0.0, reach + 5.0 + rise, Slide::Down);
        let left = spot(Align::End, -reach - 6.0, CENTER_PX, Slide::Left);
        let right = spot(Align::Start, reach + 6.0, CENTER_PX, Slide::Right);
        let first = match (point.place, self.area.down(), point.backwards) {
            (Place::Above, ..) | (Place::End, true, false) => above,
            (Place::Below, ..) | (Place::End, true, true) => below,
            (Place::Left, ..) | (Place::End, false, true) => left,
            (Place::Right | Place::End, ..) => right,
            (Place::Inside | Place::Center, ..) => spot(Align::Middle, 0.0, CENTER_PX, Slide::Stay),
        };
        if !self.area.down() || self.layer.mark.mark == MarkKind::Bar {
            return vec![first];
        }
        let near = |spot: Spot| Spot {
            slide: Slide::Stay,
            ..spot
        };
        let corners = [
            spot(Align::Start, reach + 4.0, reach + 4.0 + rise, Slide::Stay),
            spot(Align::End, -reach - 4.0, -reach - 3.0, Slide::Stay),
            spot(Align::Start, reach + 4.0, -reach - 3.0, Slide::Stay),
            spot(Align::End, -reach - 4.0, reach + 4.0 + rise, Slide::Stay),
        ];
        let mut spots = vec![near(first)];
        spots.extend([above, right, below, left].map(near));
        spots.extend(corners);
        if matches!(point.place, Place::Above | Place::Below | Place::End) {
            spots.push(first);
        }
        spots
    }
}

/// Where a label belongs.
struct Point {
    /// The point of the value, in pixels.
    at: (f64, f64),
    /// How far the mark reaches beyond it.
    reach: f64,
    place: Place,
    /// Whether the value points down or left.
    backwards: bool,
    priority: u8,
    weight: Weight,
}

/// The colour of a stroke in the mark's notation.
fn stroke_color(layer: &Layer<'_>, row: usize) -> Color {
    if layer.notation(row) == Notation::LastYear && layer.mark.color.is_none() {
        Color::Py
    } else {
        layer.color(row)
    }
}
