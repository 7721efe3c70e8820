//! A mark with its rows: what they are worth, where they stand, how they look, which are labelled.

use std::collections::BTreeMap;

use crate::canvas::element::{Fill, Hatch, Stroke};
use crate::frame::{Column, Frame};
use crate::scale::Scale;
use crate::scene::Scene;
use crate::spec::{Channel, ColorChannel, Label, Mark, MarkKind, NotationChannel, Rows, Show};
use crate::theme::Color;

/// Measured, predicted, simulated or last year, for one row.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Notation {
    Measured,
    Predicted,
    Simulated,
    LastYear,
}

/// A mark on a panel with its rows.
pub(crate) struct Layer<'a> {
    pub(crate) scene: Scene<'a>,
    pub(crate) mark: &'a Mark,
    pub(crate) frame: &'a Frame,
    shared: Option<&'a Column>,
    categories: BTreeMap<String, usize>,
    classes: Option<(f64, f64)>,
}

impl<'a> Layer<'a> {
    /// None when the mark's dataset is not there.
    pub(crate) fn new(scene: Scene<'a>, mark: &'a Mark) -> Option<Layer<'a>> {
        let frame = scene.frame(mark)?;
        let channel = if scene.down() { &mark.x } else { &mark.y };
        let name = match channel {
            Some(Channel::Column(name)) => Some(name.as_str()),
            Some(Channel::Constant(_)) => None,
            None => scene.shared().column.as_deref(),
        };
        let shared = name.and_then(|name| frame.column(name));
        let mut layer = Layer {
            scene,
            mark,
            frame,
            shared,
            categories: BTreeMap::new(),
            classes: None,
        };
        layer.index_colors();
        Some(layer)
    }

    fn index_colors(&mut self) {
        let colors = self
            .mark
            .color
            .iter()
            .chain(self.mark.text.iter().filter_map(|text| text.color.as_ref()));
        for color in colors {
            match color {
                ColorChannel::Category(column) => {
                    let Some(column) = self.frame.column(column) else {
                        continue;
                    };
                    for name in (0..column.len()).filter_map(|row| column.text(row)) {
                        let next = self.categories.len();
                        self.categories.entry(name.to_owned()).or_insert(next);
                    }
                }
                ColorChannel::Sequence(column) | ColorChannel::Difference(column) => {
                    let Some(column) = self.frame.column(column) else {
                        continue;
                    };
                    let values = (0..column.len()).filter_map(|row| column.number(row));
                    let (low, high) = values.fold((0.0_f64, 0.0_f64), |(low, high), value| {
                        (low.min(value), high.max(value))
                    });
                    self.classes = Some((low, high));
                }
                _ => {}
            }
        }
    }

    /// The rows that the mark draws: all, the first, or the last one with a value.
    pub(crate) fn rows(&self) -> Vec<usize> {
        let all = 0..self.frame.len();
        let whole = |row: &usize| self.value(self.value_channel(), *row).is_some();
        match self.mark.rows {
            Rows::All => all.collect(),
            Rows::First => all.take(1).collect(),
            Rows::Last => all.rev().find(whole).into_iter().collect(),
        }
    }

    /// The row as a link, when the chart links rows and this mark is about them.
    pub(crate) fn link_row(&self, row: usize) -> Option<usize> {
        (self.scene.spec.link.is_some() && self.mark.data.is_none()).then_some(row)
    }

    pub(crate) fn value_channel(&self) -> Option<&'a Channel> {
        if self.scene.down() {
            self.mark.y.as_ref()
        } else {
            self.mark.x.as_ref()
        }
    }

    pub(crate) fn value2_channel(&self) -> Option<&'a Channel> {
        if self.scene.down() {
            self.mark.y2.as_ref()
        } else {
            self.mark.x2.as_ref()
        }
    }

    /// A channel's number on a row, as the data have it.
    pub(crate) fn value(&self, channel: Option<&Channel>, row: usize) -> Option<f64> {
        match channel? {
            Channel::Constant(value) => Some(*value),
            Channel::Column(name) => self.frame.column(name)?.number(row),
        }
    }

    /// The number of a bound column on a row.
    pub(crate) fn bound(&self, column: &Option<String>, row: usize) -> Option<f64> {
        self.frame.column(column.as_deref()?)?.number(row)
    }

    /// Every number that the mark puts on the value axis.
    pub(crate) fn values(&self) -> Vec<f64> {
        let rows = self.rows();
        let channels = [self.value_channel(), self.value2_channel()];
        let positions = channels
            .into_iter()
            .flat_map(|channel| rows.iter().map(move |row| (channel, *row)));
        let mut out: Vec<f64> = positions
            .filter_map(|(channel, row)| self.value(channel, row))
            .collect();
        for bound in [&self.mark.low80, &self.mark.high80, &self.mark.low95, &self.mark.high95] {
            out.extend(rows.iter().filter_map(|row| self.bound(bound, *row)));
        }
        out
    }

    /// Start of the row's band on the shared axis.
    pub(crate) fn band_start(&self, scale: &Scale, row: usize) -> Option<f64> {
        scale.band_start(self.shared?, row)
    }

    /// The row's place on the shared axis; a day inside its month when `exact`.
    pub(crate) fn place(&self, scale: &Scale, row: usize, exact: bool) -> Option<f64> {
        if exact {
            scale.exact(self.shared?, row)
        } else {
            scale.middle(self.shared?, row)
        }
    }

    /// Whether the row is the one whose band has no value.
    pub(crate) fn unlocated(&self, row: usize) -> bool {
        let missing =
            |column: &Column| column.text(row).is_none() && column.number(row).is_none() && column.date(row).is_none();
        !self.scene.down() && self.mark.data.is_none() && self.shared.is_some_and(missing)
    }

    pub(crate) fn notation(&self, row: usize) -> Notation {
        match &self.mark.notation {
            None | Some(NotationChannel::Measured) => Notation::Measured,
            Some(NotationChannel::Predicted) => Notation::Predicted,
            Some(NotationChannel::Simulated) => Notation::Simulated,
            Some(NotationChannel::LastYear) => Notation::LastYear,
            Some(NotationChannel::Column(column)) => {
                match self.frame.column(column).and_then(|column| column.text(row)) {
                    Some("predicted") => Notation::Predicted,
                    Some("simulated") => Notation::Simulated,
                    Some("last_year") => Notation::LastYear,
                    _ => Notation::Measured,
                }
            }
        }
    }

    /// The mark's colour on a row.
    pub(crate) fn color(&self, row: usize) -> Color {
        match (&self.mark.color, self.notation(row)) {
            (Some(color), _) => self.color_of(color, row),
            (None, Notation::LastYear) => Color::Py,
            (None, _) => Color::Accent,
        }
    }

    pub(crate) fn color_of(&self, channel: &ColorChannel, row: usize) -> Color {
        let text = |column: &str| self.frame.column(column).and_then(|column| column.text(row));
        let number = |column: &str| self.frame.column(column).and_then(|column| column.number(row));
        match channel {
            ColorChannel::Accent => Color::Accent,
            ColorChannel::Py => Color::Py,
            ColorChannel::Ink => Color::Ink,
            ColorChannel::Ink2 => Color::Ink2,
            ColorChannel::Muted => Color::Muted,
            ColorChannel::Axis => Color::Axis,
            ColorChannel::Gain => Color::Gain,
            ColorChannel::Loss => Color::Loss,
            // A total has no sign: it is the measured series.
            ColorChannel::Sign(column) => number(column).map_or(Color::Accent, Color::of_sign),
            ColorChannel::SalesChannel(column) => Color::of_sales_channel(text(column).unwrap_or_default()),
            ColorChannel::Category(column) => {
                let at = text(column).and_then(|name| self.categories.get(name));
                at.and_then(|at| Color::CATEGORIES.get(*at))
                    .copied()
                    .unwrap_or(Color::Py)
            }
            ColorChannel::Sequence(column) => Color::Sequence(self.class(number(column), false)),
            ColorChannel::Difference(column) => Color::Difference(self.class(number(column), true)),
        }
    }

    /// The class 1 to 7 of a value: equal steps from the least (or zero) to the most, or symmetric round zero.
    fn class(&self, value: Option<f64>, symmetric: bool) -> u8 {
        let (low, high) = self.classes.unwrap_or((0.0, 1.0));
        let (low, high) = if symmetric {
            (-low.abs().max(high), low.abs().max(high))
        } else {
            (low, high)
        };
        let share = (value.unwrap_or(0.0) / 2.0 - low / 2.0) / (high / 2.0 - low / 2.0);
        if share.is_finite() {
            (share * 7.0).floor().clamp(0.0, 6.0) as u8 + 1
        } else {
            4
        }
    }

    /// The colour of a label: its own, the mark's for a sign, quiet for an unlocated row, otherwise ink.
    pub(crate) fn label_color(&self, label: &Label, row: usize) -> Color {
        match (&label.color, &self.mark.color) {
            (Some(color), _) => self.color_of(color, row),
            (None, Some(sign @ ColorChannel::Sign(_))) => self.color_of(sign, row),
            (None, Some(color)) if self.mark.mark == MarkKind::Text => self.color_of(color, row),
            _ if self.unlocated(row) => Color::Muted,
            _ => Color::Ink,
        }
    }

    /// Fill and outline of an area-like mark in IBCS-like notation.
    pub(crate) fn body(&self, row: usize) -> (Fill, Option<Stroke>) {
        if self.unlocated(row) {
            return (Fill::Hatch(Hatch::Unlocated), None);
        }
        let color = self.color(row);
        match self.notation(row) {
            Notation::Measured | Notation::LastYear => (Fill::Solid(color), None),
            Notation::Predicted => (Fill::Hatch(Hatch::Predicted(color)), None),
            Notation::Simulated => (Fill::Solid(color.soft()), Some(Stroke::solid(color, 1.5))),
        }
    }

    /// Which of the rows are labelled, each with its priority (small is served first).
    pub(crate) fn labelled(&self, label: &Label, rows: &[usize]) -> Vec<(usize, u8)> {
        let values: Vec<(usize, f64)> = rows
            .iter()
            .filter_map(|row| Some((*row, self.value(self.value_channel(), *row)?)))
            .collect();
        let last = values.last().map(|(row, _)| *row);
        let extreme = |better: fn(f64, f64) -> bool| {
            values
                .iter()
                .fold(None::<(usize, f64)>, |best, (row, value)| match best {
                    Some((_, held)) if !better(*value, held) => best,
                    _ => Some((*row, *value)),
                })
        };
        let most = extreme(|new, held| new > held).map(|(row, _)| row);
        let least = extreme(|new, held| new < held).map(|(row, _)| row);
        let show = label.show.unwrap_or(if self.scene.terse() && self.scene.down() {
            Show::Extremes
        } else {
            Show::All
        });
        let rank = |row: usize| match Some(row) {
            row if row == last => 0,
            row if row == most => 1,
            row if row == least => 2,
            _ => 3,
        };
        let shown = |rank: u8| match show {
            Show::All => true,
            Show::Extremes => rank < 3,
            Show::Last => rank == 0,
        };
        rows.iter()
            .map(|row| (*row, rank(*row)))
            .filter(|(_, rank)| shown(*rank))
            .collect()
    }
}
