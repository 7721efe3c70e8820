//! What a figure's signs mean: the classes of a scale under its maps, and one key for everything else.

use super::super::cells::{class_colour, hatch};
use super::super::furniture::text;
use super::super::legend::words::{BreakLabels, about, plain, unit_of, with_unit};
use super::super::stores::{self, StoreScale};
use super::super::{CellState, MapData, MapSpec, MapStore, Ramp, StoreStatus, outlines};
use super::arrange::Arrangement;
use super::{MapFigure, panel, signs};
use crate::format::{Language, Say};
use crate::svg::{Element, fmt};
use crate::text::{LINE_PX, SIZE_PX, Weight, width_px, wrap};
use crate::theme::{Color, Theme};

/// Widest and highest strip in pixels.
const STRIP_PX: (f64, f64) = (352.0, 10.0);
/// Between two entries of the key, and between a sign and its words, in pixels.
const ENTRY_GAP_PX: f64 = 20.0;
const SIGN_GAP_PX: f64 = 6.0;
/// Between two sizes of stores, in pixels.
const SIZES_GAP_PX: f64 = 14.0;
/// Height of a line of the key in pixels.
const ENTRY_PX: f64 = 20.0;

/// Something drawn from the upper left corner, and its height in pixels.
pub(super) struct Block {
    pub(super) body: Element,
    pub(super) height_px: f64,
}

/// Lines of text and signs from top to bottom.
struct Column {
    theme: Theme,
    width_px: f64,
    body: Element,
    y: f64,
}

impl Column {
    fn new(theme: Theme, width_px: f64, class: &str) -> Self {
        Self {
            theme,
            width_px,
            body: Element::new("g").set("class", class),
            y: 0.0,
        }
    }

    fn add(&mut self, element: Element) {
        let body = std::mem::replace(&mut self.body, Element::new("g"));
        self.body = body.child(element);
    }

    fn lines(&mut self, content: &str, weight: Weight, colour: Color) {
        for line in wrap(content, self.width_px, SIZE_PX, weight) {
            self.y += LINE_PX;
            self.add(text(&line, 0.0, self.y - 4.0, weight, colour, self.theme));
        }
    }

    fn finish(self) -> Block {
        Block {
            body: self.body,
            height_px: self.y,
        }
    }
}

/// The classes of a scale: measure and unit, strip, breaks, what a cell is and how the breaks came about.
pub(super) fn scale(figure: &MapFigure<'_>, index: usize, width_px: f64) -> Block {
    let theme = figure.theme;
    let mut column = Column::new(theme, width_px, "legend");
    let mut members = figure.panels.iter().filter(|panel| panel.scale == index);
    if let (Some(scale), Some(panel)) = (figure.scales.get(index), members.next()) {
        let spec = figure.spec(scale, figure.id, figure.title, &[]);
        let labels = BreakLabels::new(&spec);
        let mut title = match labels.unit.as_str() {
            "" => scale.measure.to_owned(),
            unit => format!("{}, {unit}", scale.measure),
        };
        if members.next().is_some() {
            title = Say(figure.language).words_with("chart-same-classes", &[("measure", title.into())]);
        }
        column.lines(&title, Weight::Regular, Color::Ink);
        column.y += 4.0;
        strip(&mut column, &spec, &labels.texts);
        column.lines(&about(&spec, &panel.data), Weight::Regular, Color::Muted);
    }
    column.finish()
}

/// The strip of colours with the printed breaks; labels too wide for their classes stand on two lines by turns.
fn strip(column: &mut Column, spec: &MapSpec<'_>, labels: &[String]) {
    let (breaks, theme) = (spec.breaks, spec.theme);
    let class_px = column.width_px.min(STRIP_PX.0) / breaks.classes() as f64;
    let top = column.y;
    for class in 0..breaks.classes() {
        let colour = class_colour(breaks, spec.ramp, class);
        let bar = Element::new("rect")
            .px("x", class as f64 * class_px)
            .px("y", top)
            .px("width", class_px)
            .px("height", STRIP_PX.1)
            .fill(theme, colour);
        // The middle class of a difference is nearly the colour of the ground.
        let middle = spec.ramp == Ramp::Difference && colour == Color::Difference(4);
        column.add(if middle {
            bar.stroke(theme, Color::Axis, 0.5)
        } else {
            bar
        });
    }
    let width = |label: &String| width_px(label, SIZE_PX, Weight::Regular);
    let crowded = labels
        .windows(2)
        .any(|pair| width(&pair[0]) / 2.0 + width(&pair[1]) / 2.0 + 4.0 > class_px);
    for (index, label) in labels.iter().enumerate() {
        let lower = if crowded && index % 2 == 1 { 14.0 } else { 0.0 };
        let x = (index + 1) as f64 * class_px;
        let tick = format!("M{} {}v{}", fmt(x), fmt(top), fmt(STRIP_PX.1 + 4.0 + lower));
        column.add(Element::new("path").set("d", tick).stroke(theme, Color::Axis, 1.0));
        let left = x - width(label) / 2.0;
        let baseline = top + STRIP_PX.1 + 17.0 + lower;
        column.add(text(label, left, baseline, Weight::Regular, Color::Ink2, theme));
    }
    column.y = top + STRIP_PX.1 + 24.0 + if crowded { 14.0 } else { 0.0 };
}

/// A sign with its words.
struct Entry {
    /// Drawn from its left end, 0 being its middle's height.
    sign: Element,
    sign_px: f64,
    words: String,
    height_px: f64,
}

impl Entry {
    fn new(sign: Element, sign_px: f64, words: impl Into<String>) -> Self {
        Self {
            sign,
            sign_px,
            words: words.into(),
            height_px: ENTRY_PX,
        }
    }

    fn width_px(&self) -> f64 {
        let gap = if self.sign_px > 0.0 && !self.words.is_empty() {
            SIGN_GAP_PX
        } else {
            0.0
        };
        self.sign_px + gap + width_px(&self.words, SIZE_PX, Weight::Regular)
    }
}

/// The key of the figure: outlines, stores, cells without a colour, attribution. `id` begins the ids inside.
pub(super) fn key(figure: &MapFigure<'_>, figure_px: f64, id: &str) -> Block {
    let arrangement = Arrangement::of(figure, figure_px);
    let width_px = arrangement.key_px(figure_px);
    let mut column = Column::new(figure.theme, width_px, "legend");
    if arrangement == Arrangement::Beside {
        for index in 0..figure.scales.len() {
            let block = scale(figure, index, width_px);
            column.add(
                Element::new("g")
                    .set("transform", format!("translate(0 {})", fmt(column.y)))
                    .child(block.body),
            );
            column.y += block.height_px + 12.0;
        }
    }
    let mut entries = rings(figure);
    entries.extend(stores_by_revenue(figure, panel::radius_px(figure, figure_px)));
    entries.extend(store_signs(figure));
    entries.extend(cells_without_class(figure, id));
    flow(&mut column, entries);
    column.y += 4.0;
    let sources = Say(figure.language).word("chart-sources");
    column.lines(sources, Weight::Regular, Color::Muted);
    column.finish()
}

/// Entries from left to right, a new line when one does not fit.
fn flow(column: &mut Column, entries: Vec<Entry>) {
    let mut lines: Vec<Vec<Entry>> = Vec::new();
    let mut x = f64::INFINITY;
    for entry in entries {
        let width = entry.width_px();
        if x + width > column.width_px {
            lines.push(Vec::new());
            x = 0.0;
        }
        x += width + ENTRY_GAP_PX;
        if let Some(line) = lines.last_mut() {
            line.push(entry);
        }
    }
    for line in lines {
        let height = line.iter().map(|entry| entry.height_px).fold(0.0, f64::max);
        let middle = column.y + height / 2.0;
        let mut x = 0.0;
        for entry in line {
            let width = entry.width_px();
            let words_x = x + width - width_px(&entry.words, SIZE_PX, Weight::Regular);
            let sign = Element::new("g").set("transform", format!("translate({} {})", fmt(x), fmt(middle)));
            column.add(sign.child(entry.sign));
            if !entry.words.is_empty() {
                let words = text(
                    &entry.words,
                    words_x,
                    middle + 4.0,
                    Weight::Regular,
                    Color::Ink2,
                    column.theme,
                );
                column.add(words);
            }
            x += width + ENTRY_GAP_PX;
        }
        column.y += height;
    }
}

/// A piece of each outline: `50 %`, `80 %`, `95 % du CA localisé`.
fn rings(figure: &MapFigure<'_>) -> Vec<Entry> {
    let shares = outlines::shares(&figure.rings);
    let last = shares.len().saturating_sub(1);
    let entry = |(index, (share, line)): (usize, (u8, outlines::Line))| {
        let sign = line.stroke(
            Element::new("path").set("d", "M0 0H28").set("fill", "none"),
            figure.theme,
            1.0,
        );
        let of = if index == last { figure.rings_of } else { "" };
        let words = match figure.language {
            Language::French => format!("{share}\u{202f}% {of}"),
            Language::English => format!("{share}% {of}"),
        };
        Entry::new(sign, 28.0, words.trim_end())
    };
    shares.into_iter().enumerate().map(entry).collect()
}

/// All stores of the figure.
pub(super) fn all_stores(figure: &MapFigure<'_>) -> Vec<MapStore> {
    figure
        .panels
        .iter()
        .flat_map(|panel| panel.data.stores.iter().cloned())
        .collect()
}

/// Circles of three revenues in the one unit of all three; a small circle for stores without revenue.
fn stores_by_revenue(figure: &MapFigure<'_>, radius_px: f64) -> Vec<Entry> {
    let all = all_stores(figure);
    let say = Say(figure.language);
    let open = all.iter().any(|store| store.status == StoreStatus::Open);
    let circle = |radius: f64| {
        let group = stores::circles(Element::new("g"), figure.theme);
        group.child(stores::circle(radius + 1.0, 0.0, radius))
    };
    if !all.iter().any(signs::is_sized) {
        return open
            .then(|| Entry::new(circle(2.5), 7.0, say.word("chart-store")))
            .into_iter()
            .collect();
    }
    let scale = StoreScale::new(&all, radius_px);
    let examples = scale.examples();
    let unit = unit_of(examples[2]);
    let title = say.word("chart-stores-by-revenue-key");
    // The three circles stand together, their words among them.
    let (mut x, mut tallest, mut circles) = (0.0, 0.0_f64, Element::new("g"));
    for (index, revenue) in examples.into_iter().enumerate() {
        let radius = scale.radius_px(revenue);
        let mut words = plain(revenue / unit.factor(), figure.language);
        if index == 2 {
            words = with_unit(&words, unit, figure.language, figure.currency);
        }
        let left = x + 2.0 * radius + 2.0 + SIGN_GAP_PX;
        let drawn = Element::new("g").set("transform", format!("translate({} 0)", fmt(x)));
        circles = circles.child(drawn.child(circle(radius))).child(text(
            &words,
            left,
            4.0,
            Weight::Regular,
            Color::Ink2,
            figure.theme,
        ));
        x = left + width_px(&words, SIZE_PX, Weight::Regular) + if index < 2 { SIZES_GAP_PX } else { 0.0 };
        tallest = tallest.max(radius);
    }
    let mut sizes = Entry::new(circles, x, "");
    sizes.height_px = (2.0 * tallest + 6.0).max(ENTRY_PX);
    vec![Entry::new(Element::new("g"), 0.0, title), sizes]
}

/// The signs of stores that are no plain circles, only where a map shows them.
fn store_signs(figure: &MapFigure<'_>) -> Vec<Entry> {
    let all = all_stores(figure);
    let say = Say(figure.language);
    let sample = |status, selected| MapStore {
        id: String::new(),
        name: String::new(),
        latitude: 0.0,
        longitude: 0.0,
        revenue: 0.0,
        href: None,
        status,
        selected,
    };
    let kinds = [
        (sample(StoreStatus::Open, true), say.word("chart-chosen-store")),
        (sample(StoreStatus::Opening, false), say.word("chart-opening")),
        (sample(StoreStatus::Closing, false), say.word("chart-closing")),
        (sample(StoreStatus::Competitor, false), say.word("chart-competitor")),
    ];
    let shown = |sample: &MapStore| {
        all.iter().any(|store| match store.status {
            StoreStatus::Open => sample.status == StoreStatus::Open && store.selected,
            status => sample.status == status,
        })
    };
    kinds
        .iter()
        .filter(|(sample, _)| shown(sample))
        .map(|(sample, words)| {
            let radius = signs::radius_px(sample, 0.0) + 1.5;
            let group = stores::circles(Element::new("g"), figure.theme);
            let sign = group.child(signs::sign(sample, (radius, 0.0, 0.0), figure.theme));
            Entry::new(sign, 2.0 * radius, *words)
        })
        .collect()
}

/// Hidden cells and cells of zero, only where a map shows them.
fn cells_without_class(figure: &MapFigure<'_>, id: &str) -> Vec<Entry> {
    let theme = figure.theme;
    let say = Say(figure.language);
    let has = |state| {
        let holds = |data: &MapData| data.cells.iter().any(|cell| cell.state == state);
        figure.panels.iter().any(|panel| holds(&panel.data))
    };
    let swatch = || {
        Element::new("rect")
            .px("x", 0.5)
            .px("y", -6.5)
            .px("width", 13.0)
            .px("height", 13.0)
    };
    let mut entries = Vec::new();
    if has(CellState::Suppressed) {
        let pattern = format!("{id}-hatch");
        let sign = swatch().set("fill", format!("url(#{pattern})"));
        let sign = Element::new("g").child(hatch(&pattern, 1.0, theme)).child(sign);
        let least = figure.smallest_group;
        entries.push(Entry::new(
            sign,
            14.0,
            say.words_with("chart-few-customers-hidden", &[("least", least.to_string().into())]),
        ));
    }
    if has(CellState::Zero) {
        let sign = swatch().fill(theme, Color::Land).stroke(theme, Color::Axis, 1.0);
        entries.push(Entry::new(sign, 14.0, say.word("chart-zero")));
    }
    entries
}
