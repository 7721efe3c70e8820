//! One drawing with its data at hand: which rows a mark has, what they are worth, how they look and what is written on them.

pub(crate) mod layer;

use std::sync::Arc;

use crate::Drawing;
use crate::format::{Style, Template, Unit, template::Filling};
use crate::frame::{Frame, Frames};
use crate::spec::{Arrange, Axis, Channel, Label, Mark, Only, Panel, Spec, Words};

/// Below this width a drawing is laid out for a phone.
pub(crate) const PHONE_BELOW_PX: f64 = 440.0;
/// Below this width only the maximum, the minimum and the last value are labelled, and months have initials.
pub(crate) const TERSE_BELOW_PX: f64 = 500.0;

/// A specification with its data, language and size.
#[derive(Clone, Copy)]
pub(crate) struct Scene<'a> {
    pub(crate) spec: &'a Spec,
    pub(crate) frames: &'a Frames,
    pub(crate) drawing: &'a Drawing<'a>,
    pub(crate) unit: Unit,
}

impl<'a> Scene<'a> {
    pub(crate) fn new(spec: &'a Spec, frames: &'a Frames, drawing: &'a Drawing<'a>) -> Scene<'a> {
        let mut scene = Scene {
            spec,
            frames,
            drawing,
            unit: Unit::ONE,
        };
        scene.unit = scene.common_unit();
        scene
    }

    pub(crate) fn phone(&self) -> bool {
        self.drawing.width_px < PHONE_BELOW_PX
    }

    pub(crate) fn terse(&self) -> bool {
        self.drawing.width_px < TERSE_BELOW_PX
    }

    pub(crate) fn down(&self) -> bool {
        self.spec.arrange == Arrange::Down
    }

    /// The panels that this width shows.
    pub(crate) fn panels(&self) -> impl Iterator<Item = &'a Panel> {
        let phone = self.phone();
        self.spec
            .panels
            .iter()
            .filter(move |panel| panel.only.is_none_or(|only| (only == Only::Phone) == phone))
            .filter(|panel| !self.is_bare(panel))
    }

    /// Whether all that a panel draws comes from further datasets, and these have no rows: its title would stand alone.
    fn is_bare(&self, panel: &Panel) -> bool {
        let empty = |mark: &Mark| mark.data.is_some() && self.frame(mark).is_none_or(Frame::is_empty);
        !panel.marks.is_empty() && panel.marks.iter().all(empty)
    }

    /// The axis that panels share.
    pub(crate) fn shared(&self) -> &'a Axis {
        if self.down() { &self.spec.x } else { &self.spec.y }
    }

    /// A panel's own axis.
    pub(crate) fn own(&self, panel: &'a Panel) -> &'a Axis {
        if self.down() { &panel.y } else { &panel.x }
    }

    pub(crate) fn frame(&self, mark: &Mark) -> Option<&'a Frame> {
        self.frames.get(mark.data.as_deref())
    }

    pub(crate) fn filling(&self, frame: &'a Frame) -> Filling<'a> {
        Filling {
            frame,
            language: self.drawing.language,
            currency: self.drawing.currency,
            unit: self.unit,
        }
    }

    /// Words with `{unit}` or values of the first row in them.
    pub(crate) fn words(&self, words: &Words) -> String {
        self.fill(words, &self.frames.main, 0)
    }

    pub(crate) fn fill(&self, words: &Words, frame: &'a Frame, row: usize) -> String {
        let text = words.of(self.drawing.language);
        match Template::parse(text) {
            Ok(template) => template.fill(&self.filling(frame), row),
            Err(_) => text.to_owned(),
        }
    }

    /// The panel's title at this width.
    pub(crate) fn title(&self, panel: &Panel) -> Option<String> {
        let words = if self.phone() {
            panel.phone_title.as_ref().or(panel.title.as_ref())
        } else {
            panel.title.as_ref()
        };
        words.map(|words| self.words(words)).filter(|text| !text.is_empty())
    }

    /// What a label says on a row; none when the value is missing.
    pub(crate) fn label(&self, label: &Label, frame: &'a Frame, row: usize) -> Option<String> {
        if let Some(words) = &label.words {
            return Some(self.fill(words, frame, row)).filter(|text| !text.is_empty());
        }
        let style = label.format.unwrap_or(Style::Text);
        self.filling(frame)
            .value(label.column.as_deref()?, row, style)
            .filter(|text| !text.is_empty())
    }

    pub(crate) fn tooltip(&self, mark: &Mark, frame: &'a Frame, row: usize) -> Option<Arc<str>> {
        mark.title.as_ref().map(|words| Arc::from(self.fill(words, frame, row)))
    }

    /// The unit of all values that the chart writes in its common unit.
    fn common_unit(&self) -> Unit {
        let mut largest = 0.0_f64;
        let mut add = |frame: Option<&Frame>, column: &str, style: Style| {
            if let (Style::MoneyUnit | Style::SignedMoneyUnit, Some(column)) =
                (style, frame.and_then(|frame| frame.column(column)))
            {
                largest = (0..column.len())
                    .filter_map(|row| column.number(row))
                    .map(f64::abs)
                    .fold(largest, f64::max);
            }
        };
        for panel in &self.spec.panels {
            for mark in &panel.marks {
                let frame = self.frame(mark);
                for label in mark.text.iter().chain(&mark.note) {
                    if let (Some(column), Some(style)) = (&label.column, label.format) {
                        add(frame, column, style);
                    }
                    for template in label.words.iter().filter_map(|words| Template::parse(&words.fr).ok()) {
                        template.styles().for_each(|(column, style)| add(frame, column, style));
                    }
                }
                if let Some((value, style)) = mark.value.as_ref().and_then(|value| Some((value, value.format?))) {
                    add(frame, &value.column, style);
                }
                let own = if self.down() {
                    (&panel.y, &mark.y)
                } else {
                    (&panel.x, &mark.x)
                };
                if let (Some(style), Some(Channel::Column(column))) = (own.0.format, own.1) {
                    add(frame, column, style);
                }
            }
        }
        Unit::of(largest)
    }
}
