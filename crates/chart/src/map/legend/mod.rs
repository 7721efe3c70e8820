//! The legend: a histogram over the strip of classes, store sizes, keys of what has no colour, attribution.

pub(crate) mod words;

use crate::format::Say;
use crate::map::cells::{class_colour, class_of, hatch};
use crate::map::furniture::text;
use crate::map::stores::{Layout, StoreScale, circles};
use crate::map::{CellState, MapCell, MapData, MapSpec, Ramp};
use crate::svg::Element;
use crate::text::{LINE_PX, SIZE_PX, Weight, width_px, wrap};
use crate::theme::Color;
use words::{BreakLabels, about, plain, unit_of, with_unit};

/// Width of the legend in pixels.
pub(crate) const WIDTH_PX: f64 = 216.0;
/// Bins of the histogram in a class.
const BINS: usize = 3;
/// Height of the tallest bar in pixels.
const BARS_PX: f64 = 52.0;
/// Height of the strip in pixels.
const STRIP_PX: f64 = 12.0;

/// A drawn legend and its height in pixels.
pub(crate) struct Legend {
    pub(crate) body: Element,
    pub(crate) height_px: f64,
}

/// Lines from top to bottom.
struct Column<'a, 'b> {
    spec: &'a MapSpec<'b>,
    body: Element,
    y: f64,
}

/// Draws the legend of a map.
///
/// `scales` are the sizes of stores by layout: one for each width of the map, whose circles carry that layout's class.
pub(crate) fn build(spec: &MapSpec<'_>, data: &MapData, scales: &[Layout], hatch_id: &str) -> Legend {
    let labels = BreakLabels::new(spec);
    let mut column = Column {
        spec,
        body: Element::new("g").set("class", "legend"),
        y: 0.0,
    };
    let say = Say(spec.language);
    let title = match labels.unit.as_str() {
        "" => spec.measure.to_owned(),
        unit => format!("{}, {unit}", spec.measure),
    };
    column.lines(&title, Weight::Bold, Color::Ink);
    column.lines(&about(spec, data), Weight::Regular, Color::Ink2);
    column.y += 8.0;
    column.strip(&data.cells, &labels.texts);
    if !data.stores.is_empty() {
        column.y += 8.0;
        column.lines(say.word("chart-stores-by-revenue"), Weight::Bold, Color::Ink);
        column.stores(scales);
    }
    column.keys(data, hatch_id);
    column.y += 4.0;
    column.lines(say.word("chart-sources"), Weight::Regular, Color::Muted);
    Legend {
        body: column.body,
        height_px: column.y,
    }
}

impl Column<'_, '_> {
    fn add(&mut self, element: Element) {
        let body = std::mem::replace(&mut self.body, Element::new("g"));
        self.body = body.child(element);
    }

    /// Wrapped lines of text.
    fn lines(&mut self, content: &str, weight: Weight, colour: Color) {
        for line in wrap(content, WIDTH_PX, SIZE_PX, weight) {
            self.y += LINE_PX;
            self.add(text(&line, 0.0, self.y - 4.0, weight, colour, self.spec.theme));
        }
    }

    /// The histogram, the strip and the printed breaks, all on one x.
    fn strip(&mut self, cells: &[MapCell], labels: &[String]) {
        let (breaks, theme) = (self.spec.breaks, self.spec.theme);
        let class_px = WIDTH_PX / breaks.classes() as f64;
        let counts = bins(self.spec, cells);
        let tallest = counts.iter().flatten().copied().max().unwrap_or(0).max(1) as f64;
        let floor = self.y + BARS_PX;
        for (class, bins) in counts.iter().enumerate() {
            let colour = class_colour(breaks, self.spec.ramp, class);
            let bin_px = class_px / BINS as f64;
            let mut drawn = Element::new("g").set("class", colour.name()).fill(theme, colour);
            if self.spec.ramp == Ramp::Difference {
                // The middle class is nearly the colour of the ground.
                drawn = drawn.stroke(theme, Color::Axis, 0.5);
            }
            for (bin, &count) in bins.iter().enumerate().filter(|(_, count)| **count > 0) {
                let height = (count as f64 / tallest * BARS_PX).max(1.0);
                let x = class as f64 * class_px + bin as f64 * bin_px;
                drawn = drawn.child(bar(x + 0.5, floor - height, bin_px - 1.0, height));
            }
            self.add(drawn.child(bar(class as f64 * class_px, floor + 2.0, class_px, STRIP_PX)));
        }
        self.y = floor + 2.0 + STRIP_PX;
        for (index, label) in labels.iter().enumerate() {
            let x = (index + 1) as f64 * class_px;
            let tick = format!(
                "M{} {}v{}",
                crate::svg::fmt(x),
                crate::svg::fmt(floor + 2.0),
                STRIP_PX + 4.0
            );
            self.add(Element::new("path").set("d", tick).stroke(theme, Color::Axis, 1.0));
            let left = x - width_px(label, SIZE_PX, Weight::Regular) / 2.0;
            self.add(text(label, left, self.y + 17.0, Weight::Regular, Color::Ink2, theme));
        }
        self.y += 22.0;
    }

    /// Circles of three revenues, standing in one line, in the one unit of all three.
    fn stores(&mut self, layouts: &[Layout]) {
        let Some(widest) = layouts.iter().map(|layout| layout.scale).max_by(StoreScale::compare) else {
            return;
        };
        let theme = self.spec.theme;
        let examples = widest.examples();
        let unit = unit_of(examples[2]);
        let tallest = widest.radius_px(examples[2]);
        let (middle, mut x) = (self.y + tallest + 5.0, 0.0);
        let mut drawn = circles(Element::new("g"), theme);
        for (index, revenue) in examples.into_iter().enumerate() {
            let radius = widest.radius_px(revenue) + 1.0;
            for layout in layouts {
                let circle = Element::new("circle").px("cx", x + radius).px("cy", middle);
                let circle = circle.px("r", layout.scale.radius_px(revenue));
                drawn = drawn.child(layout.mark(circle));
            }
            let mut words = plain(revenue / unit.factor(), self.spec.language);
            if index == 2 {
                words = with_unit(&words, unit, self.spec.language, self.spec.currency);
            }
            let left = x + 2.0 * radius + 6.0;
            self.add(text(&words, left, middle + 4.0, Weight::Regular, Color::Ink2, theme));
            x = left + width_px(&words, SIZE_PX, Weight::Regular) + 16.0;
        }
        self.add(drawn);
        self.y = middle + tallest.max(7.0) + 3.0;
    }

    /// Keys for what the strip does not say, only where the map shows it.
    fn keys(&mut self, data: &MapData, hatch_id: &str) {
        let theme = self.spec.theme;
        let say = Say(self.spec.language);
        let has = |state| data.cells.iter().any(|cell| cell.state == state);
        let least = self.spec.smallest_group.to_string();
        let hidden = say.words_with("chart-few-customers", &[("least", least.into())]);
        let swatch = |x: f64, y: f64| {
            Element::new("rect")
                .px("x", x)
                .px("y", y)
                .px("width", 14.0)
                .px("height", 14.0)
        };
        let (top, mut x) = (self.y + 6.0, 0.0);
        if has(CellState::Suppressed) {
            let id = format!("{hatch_id}-key");
            self.add(hatch(&id, 1.0, theme));
            self.add(swatch(x, top).set("fill", format!("url(#{id})")));
            self.add(text(&hidden, x + 20.0, top + 11.0, Weight::Regular, Color::Ink2, theme));
            x += 20.0 + width_px(&hidden, SIZE_PX, Weight::Regular) + 14.0;
        }
        if has(CellState::Zero) {
            let words = say.word("chart-no-sale");
            if x + 20.0 + width_px(words, SIZE_PX, Weight::Regular) > WIDTH_PX {
                self.y += 20.0;
                x = 0.0;
            }
            let top = self.y + 6.0;
            let outlined = swatch(x + 0.5, top + 0.5).px("width", 13.0).px("height", 13.0);
            self.add(outlined.fill(theme, Color::Land).stroke(theme, Color::Axis, 1.0));
            self.add(text(words, x + 20.0, top + 11.0, Weight::Regular, Color::Ink2, theme));
            x += 1.0;
        }
        if x > 0.0 {
            self.y += 24.0;
        }
    }
}

fn bar(x: f64, y: f64, width: f64, height: f64) -> Element {
    Element::new("rect")
        .px("x", x)
        .px("y", y)
        .px("width", width)
        .px("height", height)
}

/// How many shown cells fall into each bin of each class; values beyond the outer edges count in the outer bins.
pub(crate) fn bins(spec: &MapSpec<'_>, cells: &[MapCell]) -> Vec<[usize; BINS]> {
    let mut counts = vec![[0; BINS]; spec.breaks.classes()];
    let edges: Vec<Vec<f64>> = (0..spec.breaks.classes())
        .map(|class| spec.breaks.bin_edges(class, BINS))
        .collect();
    for cell in cells {
        if let (Some(class), Some(value)) = (class_of(cell, spec.breaks), cell.value) {
            let bin = edges[class][1..BINS].partition_point(|edge| *edge <= value);
            counts[class][bin] += 1;
        }
    }
    counts
}
