//! The inset: Île-de-France magnified, because its stores lie closer than their circles are wide.

use super::cells;
use super::frame::Frame;
use super::furniture::{Borders, haloed, text};
use super::geography::communes;
use super::labels::Rect;
use super::picture::{NARROW_PX, Picture};
use super::stores::{self, StoreScale};
use super::view::Place;
use crate::format::Say;
use crate::svg::{Element, fmt};
use crate::text::Weight;
use crate::theme::Color;

/// Magnification of the inset of Île-de-France.
const INSET_FACTOR: f64 = 3.0;
/// Share of the picture that the inset takes, in width and height.
const INSET_SHARE: (f64, f64) = (0.23, 0.168);

/// A magnified part of the map.
pub(super) struct Inset {
    /// Where it lies.
    pub(super) rect: Rect,
    /// What it magnifies.
    pub(super) source: Rect,
    /// Its picture, and the frame on the map.
    pub(super) drawn: Element,
}

impl Picture<'_, '_> {
    /// Île-de-France magnified, on the view of France where there is room for it.
    pub(super) fn inset(&self, frame: &Frame, scale: &StoreScale) -> Option<Inset> {
        if *self.spec.view.place() != Place::France || frame.width_px < NARROW_PX {
            return None;
        }
        let paris = communes().first()?;
        let (width, height) = (
            (frame.width_px * INSET_SHARE.0).round(),
            (frame.height_px * INSET_SHARE.1).round(),
        );
        let inner = frame.magnified(paris.point, INSET_FACTOR, width, height);
        let left = frame.width_px - width;
        let theme = self.spec.theme;
        let placed = self.shapes.place(&self.data.cells, &inner);
        let borders = Borders {
            base: self.spec.base,
            theme,
            frame: &inner,
        };
        let circles = stores::place(&self.data.stores, scale, &inner, usize::MAX);
        let magnified = Element::new("svg")
            .px("x", left)
            .px("width", width)
            .px("height", height)
            .set("viewBox", format!("0 0 {} {}", fmt(width), fmt(height)))
            .child(borders.land())
            .child(self.paint().draw(&placed))
            .child(borders.lines())
            .children(
                self.data
                    .selected
                    .and_then(|cell| cells::selection(cell, &inner, theme)),
            )
            .child(stores::draw_plain(&self.data.stores, &circles, theme));
        let factor = INSET_FACTOR.to_string();
        let words = Say(self.spec.language).words_with("chart-inset", &[("factor", factor.into())]);
        let (x, y) = frame.pixel_of(paris.point);
        let (own_width, own_height) = (width / INSET_FACTOR, height / INSET_FACTOR);
        let source = Rect::new(x - own_width / 2.0, y - own_height / 2.0, own_width, own_height);
        let outline = |left, top, width, height| {
            Element::new("rect")
                .px("x", left)
                .px("y", top)
                .px("width", width)
                .px("height", height)
                .set("fill", "none")
                .set("pointer-events", "none")
                .stroke(theme, Color::Mark, 1.0)
        };
        let label = text(&words, left + 8.0, height - 8.0, Weight::Bold, Color::Ink, theme);
        let drawn = Element::new("g")
            .set("class", "inset")
            .child(magnified)
            .child(outline(left + 0.5, 0.5, width - 1.0, height - 1.0))
            .child(outline(source.left, source.top, own_width, own_height))
            .child(haloed(label, theme).set("pointer-events", "none"));
        Some(Inset {
            rect: Rect::new(left, 0.0, width, height),
            source,
            drawn,
        })
    }
}
