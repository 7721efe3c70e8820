//! What a map needs beside its data: borders, scale bar, texts with halo, the inset's frame.

use super::Base;
use super::frame::Frame;
use super::geography::base::{Outline, transform};
use super::labels::Rect;
use crate::svg::{Element, fmt};
use crate::text::{SIZE_PX, Weight, width_px};
use crate::theme::{Color, Theme};

/// Width of the halo round a text, in pixels.
const HALO_PX: f64 = 3.0;

/// A line of map text; `x` is its left end unless an anchor is set on the result.
pub(crate) fn text(content: &str, x: f64, baseline: f64, weight: Weight, colour: Color, theme: Theme) -> Element {
    let text = Element::new("text")
        .px("x", x)
        .px("y", baseline)
        .fill(theme, colour)
        .text(content);
    match weight {
        Weight::Regular => text,
        Weight::Bold => text.set("font-weight", "600"),
    }
}

/// A text with the halo that keeps it legible over cells and borders.
pub(crate) fn haloed(text: Element, theme: Theme) -> Element {
    match theme {
        Theme::Css => text.set("class", "halo"),
        _ => text
            .stroke(theme, Color::Halo, HALO_PX)
            .set("stroke-linejoin", "round")
            .set("paint-order", "stroke"),
    }
}

/// Where outlines come from and how they look.
pub(crate) struct Borders<'a> {
    pub(crate) base: Base<'a>,
    pub(crate) theme: Theme,
    pub(crate) frame: &'a Frame,
}

impl Borders<'_> {
    fn group(&self, class: &str) -> Element {
        let transform = match self.base {
            Base::Linked(_) => transform(self.frame),
            Base::Inline => "scale(.1)".to_owned(),
        };
        Element::new("g").set("class", class).set("transform", transform)
    }

    fn outline(&self, outline: Outline) -> Element {
        match self.base {
            Base::Linked(href) => Element::new("use").set("href", format!("{href}#{}", outline.id())),
            Base::Inline => {
                let path = Element::new("path").set("fill-rule", "evenodd");
                steady(path, self.theme).set("d", outline.path_in(self.frame))
            }
        }
    }

    /// The land, to lie under the cells.
    pub(crate) fn land(&self) -> Element {
        self.group("ground")
            .child(self.outline(Outline::Coast).fill(self.theme, Color::Land))
    }

    /// The borders, to lie over the cells.
    pub(crate) fn lines(&self) -> Element {
        let line = |outline, colour, width_px| {
            self.outline(outline)
                .stroke(self.theme, colour, steady_px(width_px, self.theme))
        };
        self.group("borders")
            .set("fill", "none")
            .set("stroke-linejoin", "round")
            .set("pointer-events", "none")
            .child(line(Outline::Departements, Color::Mark, 0.6).set("stroke-opacity", ".34"))
            .child(line(Outline::Regions, Color::Mark, 0.9).set("stroke-opacity", ".6"))
            .child(line(Outline::Coast, Color::Border, 0.8))
    }
}

/// Keeps a line's width while a page scales the ground; a file draws it at one scale.
pub(crate) fn steady(line: Element, theme: Theme) -> Element {
    match theme {
        Theme::Css => line.set("vector-effect", "non-scaling-stroke"),
        _ => line,
    }
}

/// The width of a [`steady`] line in a group of tenths of a pixel: pixels on a page, that group's units in a file.
pub(crate) fn steady_px(width_px: f64, theme: Theme) -> f64 {
    match theme {
        Theme::Css => width_px,
        _ => width_px * 10.0,
    }
}

/// A scale bar and the box it takes.
pub(crate) struct ScaleBar {
    km: f64,
    length_px: f64,
    right: f64,
    baseline: f64,
}

impl ScaleBar {
    /// The longest of 1, 2, 5, 10 … km that stays within a share of the width, ending at `right`, `bottom`.
    pub(crate) fn new(frame: &Frame, right: f64, bottom: f64) -> Self {
        let most_px = (frame.width_px * 0.16).clamp(48.0, 110.0);
        let most_km = most_px / frame.px_per_m / 1e3;
        let power = 10_f64.powf(most_km.log10().floor());
        let digit = [5.0, 2.0]
            .into_iter()
            .find(|digit| digit * power <= most_km)
            .unwrap_or(1.0);
        let km = digit * power;
        Self {
            km,
            length_px: km * 1e3 * frame.px_per_m,
            right,
            baseline: bottom,
        }
    }

    fn words(&self) -> String {
        // One or more, or a tenth of a kilometre: no language writes these two differently but for the mark.
        if self.km >= 1.0 {
            format!("{:.0}\u{a0}km", self.km)
        } else {
            format!("{:.0}\u{a0}m", self.km * 1e3)
        }
    }

    /// The box of bar and text.
    pub(crate) fn rect(&self) -> Rect {
        let width = self.length_px.max(width_px(&self.words(), SIZE_PX, Weight::Regular));
        Rect::new(self.right - width - 4.0, self.baseline - 24.0, width + 8.0, 28.0)
    }

    /// The bar: a line with two ends, the length above it.
    pub(crate) fn draw(&self, theme: Theme) -> Element {
        let left = self.right - self.length_px;
        let bar = format!(
            "M{0} {1}v4H{2}v-4",
            fmt(left),
            fmt(self.baseline - 4.0),
            fmt(self.right)
        );
        let words = self.words();
        let middle = (left + self.right) / 2.0;
        let width = width_px(&words, SIZE_PX, Weight::Regular);
        // A bar shorter than its words ends where they end.
        let x = (middle - width / 2.0).min(self.right - width);
        let path = |colour, width| {
            Element::new("path")
                .set("d", bar.as_str())
                .set("fill", "none")
                .stroke(theme, colour, width)
        };
        Element::new("g")
            .set("class", "scale-bar")
            .set("pointer-events", "none")
            .child(path(Color::Halo, 4.0))
            .child(path(Color::Ink2, 1.5))
            .child(haloed(
                text(&words, x, self.baseline - 9.0, Weight::Regular, Color::Ink2, theme),
                theme,
            ))
    }
}
