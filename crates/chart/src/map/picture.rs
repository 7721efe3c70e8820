//! One figure: ground shared by all widths, then stores and names laid out for each width.

use super::cells::{self, Paint, Placed, Shapes};
use super::frame::Frame;
use super::furniture::{Borders, ScaleBar, haloed, text};
use super::labels::{self, Rect, Room};
use super::legend::{self, Legend, WIDTH_PX};
use super::stores::{self, Layout, PlacedStore, StoreScale};
use super::view::{Place, View};
use super::{MapData, MapSpec, StoreStatus};
use crate::format::{Say, Style, number};
use crate::svg::{Element, Svg, fmt};
use crate::theme::{Color, FONT_STACK, Theme};

/// Below this width the phone's rules hold: five names, the largest stores, no inset.
pub(crate) const NARROW_PX: f64 = 600.0;
/// From this width on the Bay of Biscay has room for the legend.
pub(crate) const LEGEND_INSIDE_PX: f64 = 860.0;
/// Height that is kept free of names for the legend.
const LEGEND_ROOM_PX: f64 = 310.0;
/// Stores on a narrow map.
const NARROW_STORES: usize = 40;

/// Draws a map as one `<svg>`.
///
/// With several widths the geometry is there once, in a nested `<svg>` that scales with the picture, and only stores,
/// names, scale bar and inset once for each width, because text must not scale. With a literal theme the legend is part
/// of the picture: over the Bay of Biscay where there is room, else under the map.
#[must_use]
pub fn render(spec: &MapSpec<'_>, data: &MapData) -> String {
    let shapes = Shapes::of(&data.cells);
    let picture = Picture::new(spec, data, &shapes);
    let mut out = String::with_capacity(data.cells.len() * 120 + 65_536);
    picture.draw().write(&mut out);
    out
}

/// Draws the legend of a map as an `<svg>` of its own, for a page.
#[must_use]
pub fn legend(spec: &MapSpec<'_>, data: &MapData) -> String {
    let id = format!("{}-legend", spec.id);
    let layouts: Vec<Layout> = widths(spec)
        .iter()
        .map(|width_px| layout(spec, data, *width_px))
        .collect();
    let Legend { body, height_px } = legend::build(spec, data, &layouts, &format!("{id}-hatch"));
    let say = Say(spec.language);
    let (title, desc) = (say.word("chart-legend"), say.word("chart-legend-of-map"));
    let mut svg = Svg::new(&id, title, desc, WIDTH_PX, height_px, spec.theme);
    svg.body = vec![body];
    svg.finish()
}

fn first_width(spec: &MapSpec<'_>) -> f64 {
    spec.widths_px
        .first()
        .copied()
        .filter(|width| width.is_finite() && *width >= 120.0)
        .unwrap_or(904.0)
}

/// The widths to lay out: all on a page, one in a file.
fn widths(spec: &MapSpec<'_>) -> Vec<f64> {
    let first = first_width(spec);
    match spec.theme {
        Theme::Css => std::iter::once(first)
            .chain(spec.widths_px.iter().copied().skip(1))
            .collect(),
        _ => vec![first],
    }
}

/// Class and store scale of a width.
fn layout(spec: &MapSpec<'_>, data: &MapData, width_px: f64) -> Layout {
    let several = spec.theme == Theme::Css && spec.widths_px.len() > 1;
    Layout {
        class: several.then(|| format!("w-{}", width_px.round())),
        scale: StoreScale::new(&data.stores, full_radius(spec.view, width_px)),
    }
}

/// The radius of the largest step of store revenue: larger where there is more room between stores.
pub(super) fn full_radius(view: &View, width_px: f64) -> f64 {
    let near = match view.half_width_km() {
        km if km > 225.0 => 10.0,
        km if km > 85.0 => 13.0,
        _ => 16.0,
    };
    if width_px < NARROW_PX { near * 0.65 } else { near }
}

/// A map on its way to the page.
pub(super) struct Picture<'a, 'b> {
    pub(super) spec: &'a MapSpec<'b>,
    pub(super) data: &'a MapData,
    /// The frame of the shared ground.
    pub(super) frame: Frame,
    /// The outlines of its cells.
    pub(super) shapes: &'a Shapes,
    placed: Vec<Placed<'a>>,
    pub(super) hatch_id: String,
    /// Whether each cell says what it is: never in a file, and not beyond [`cells::MOST_LINKED_CELLS`].
    pub(super) interactive: bool,
}

impl<'a, 'b> Picture<'a, 'b> {
    pub(super) fn new(spec: &'a MapSpec<'b>, data: &'a MapData, shapes: &'a Shapes) -> Self {
        let frame = spec.view.frame(first_width(spec));
        let placed = shapes.place(&data.cells, &frame);
        Self {
            spec,
            data,
            frame,
            shapes,
            placed,
            hatch_id: format!("{}-hatch", spec.id),
            interactive: spec.theme == Theme::Css,
        }
    }

    pub(super) fn paint(&self) -> Paint<'_> {
        Paint {
            theme: self.spec.theme,
            breaks: self.spec.breaks,
            ramp: self.spec.ramp,
            hatch_id: &self.hatch_id,
            interactive: self.interactive,
        }
    }

    /// The cells that are drawn in a colour.
    pub(super) fn coloured(&self) -> usize {
        let breaks = self.spec.breaks;
        self.placed
            .iter()
            .filter(|placed| cells::class_of(placed.cell, breaks).is_some())
            .count()
    }

    fn draw(&self) -> Element {
        let (spec, frame) = (self.spec, &self.frame);
        let file = spec.theme != Theme::Css;
        let key = file.then(|| {
            legend::build(
                spec,
                self.data,
                &[layout(spec, self.data, frame.width_px)],
                &self.hatch_id,
            )
        });
        let below = key
            .as_ref()
            .filter(|_| frame.width_px < LEGEND_INSIDE_PX)
            .map_or(0.0, |key| key.height_px + 24.0);
        let height_px = frame.height_px + below;
        let mut root = self.root(height_px);
        if file {
            let sea = Element::new("rect").px("width", frame.width_px).px("height", height_px);
            root = root.child(sea.fill(spec.theme, Color::Sea));
        }
        let widths = widths(spec);
        let layouts: Vec<(Layout, Vec<PlacedStore>)> = widths.iter().map(|width| self.stores_at(*width)).collect();
        root = root
            .child(Element::new("defs").child(cells::hatch(&self.hatch_id, 10.0, spec.theme)))
            .child(self.ground(widths.len() > 1))
            .child(stores::draw(
                &self.data.stores,
                &layouts,
                spec.theme,
                stores::mark,
                |store| self.store_words(store),
            ));
        for (width_px, (layout, placed)) in widths.iter().zip(&layouts) {
            root = root.child(layout.mark(self.overlay(spec.view.frame(*width_px), &layout.scale, placed)));
        }
        match key {
            Some(key) => root.child(self.place_legend(key, below > 0.0)),
            None => root,
        }
    }

    /// The stores at one width.
    fn stores_at(&self, width_px: f64) -> (Layout, Vec<PlacedStore>) {
        let layout = layout(self.spec, self.data, width_px);
        let most = if width_px < NARROW_PX {
            NARROW_STORES
        } else {
            usize::MAX
        };
        let placed = stores::place(&self.data.stores, &layout.scale, &self.spec.view.frame(width_px), most);
        (layout, placed)
    }

    /// The root element with accessible name and, for the page's script, the view in numbers.
    fn root(&self, height_px: f64) -> Element {
        let spec = self.spec;
        let (title_id, desc_id) = (format!("{}-t", spec.id), format!("{}-d", spec.id));
        let (width, height) = (fmt(self.frame.width_px), fmt(height_px));
        let linked = spec.theme == Theme::Css;
        let mut root = Element::new("svg")
            .set("xmlns", "http://www.w3.org/2000/svg")
            .set("id", spec.id)
            .set("class", "chart map")
            .set("width", width.clone())
            .set("height", height.clone())
            .set("role", if linked { "graphics-document" } else { "img" })
            .set("aria-labelledby", format!("{title_id} {desc_id}"))
            .set("font-family", FONT_STACK)
            .set("font-size", "12");
        if linked {
            let (latitude, longitude) = spec.view.centre();
            root = root
                .set("tabindex", "0")
                .set("data-view", spec.view.to_string())
                .set("data-centre", format!("{latitude:.5},{longitude:.5}"))
                .set("data-half-width-km", fmt(spec.view.half_width_km()));
        } else {
            root = root.set("viewBox", format!("0 0 {width} {height}"));
            root = root.set("style", "font-variant-numeric:tabular-nums");
        }
        root.child(Element::new("title").set("id", title_id).text(spec.title))
            .child(Element::new("desc").set("id", desc_id).text(spec.desc))
    }

    /// Land, cells, borders, selection: what scales.
    fn ground(&self, shared: bool) -> Element {
        let selection = self
            .data
            .selected
            .and_then(|cell| cells::selection(cell, &self.frame, self.spec.theme));
        let view_box = format!("0 0 {} {}", fmt(self.frame.width_px), fmt(self.frame.height_px));
        let ground = Element::new("svg").set("class", "shared").set("viewBox", view_box);
        // The nested picture also clips what reaches over the edge.
        let ground = if shared {
            ground.set("width", "100%").set("height", "100%")
        } else {
            ground
                .px("width", self.frame.width_px)
                .px("height", self.frame.height_px)
        };
        ground.children(self.layers()).children(selection)
    }

    /// Land, cells and borders.
    pub(super) fn layers(&self) -> [Element; 3] {
        let borders = Borders {
            base: self.spec.base,
            theme: self.spec.theme,
            frame: &self.frame,
        };
        [borders.land(), self.paint().draw(&self.placed), borders.lines()]
    }

    /// Names, scale bar and inset at one width: what does not scale.
    fn overlay(&self, frame: Frame, scale: &StoreScale, placed: &[PlacedStore]) -> Element {
        let spec = self.spec;
        let narrow = frame.width_px < NARROW_PX;
        let circles: Vec<(f64, f64, f64)> = placed.iter().map(|placed| placed.circle).collect();
        let inset = self.inset(&frame, scale);
        let bar = self.scale_bar(&frame);
        let mut taken = vec![bar.rect()];
        taken.extend(inset.as_ref().map(|inset| inset.rect));
        if frame.width_px >= LEGEND_INSIDE_PX {
            taken.push(Rect::new(
                0.0,
                frame.height_px - LEGEND_ROOM_PX,
                WIDTH_PX + 24.0,
                LEGEND_ROOM_PX,
            ));
        }
        // The page's zoom buttons, where css() puts them.
        match (spec.theme, narrow) {
            (Theme::Css, true) => taken.push(Rect::new(frame.width_px - 48.0, 0.0, 48.0, 100.0)),
            (Theme::Css, false) => taken.push(Rect::new(0.0, 0.0, 36.0, 76.0)),
            _ => {}
        }
        let names = labels::place(&Room {
            frame: &frame,
            taken,
            frames: inset.iter().map(|inset| inset.source).collect(),
            marks: Vec::new(),
            circles: &circles,
            most: if narrow { 5 } else { 14 },
            bold: if narrow { 5 } else { 6 },
            spacing_px: if narrow { 40.0 } else { 64.0 },
        });
        let theme = spec.theme;
        let mut overlay = Element::new("g").child(bar.draw(theme));
        if spec.view.half_width_km() < 150.0 {
            overlay = overlay.child(dots(&names, theme));
        }
        let texts = names.iter().map(|label| {
            haloed(
                text(&label.text, label.x, label.baseline, label.weight, Color::Ink, theme),
                theme,
            )
        });
        overlay = overlay.child(
            Element::new("g")
                .set("class", "names")
                .set("pointer-events", "none")
                .children(texts),
        );
        overlay.children(inset.map(|inset| inset.drawn))
    }

    pub(super) fn store_words(&self, store: &super::MapStore) -> String {
        let (language, currency) = (self.spec.language, self.spec.currency);
        let say = Say(language);
        let name = &store.name;
        let words = match store.status {
            StoreStatus::Open => name.clone(),
            StoreStatus::Opening => say.words_with("chart-store-opening", &[("name", name.into())]),
            StoreStatus::Closing => say.words_with("chart-store-closed", &[("name", name.into())]),
            StoreStatus::Competitor => say.words_with("chart-store-competitor", &[("name", name.into())]),
        };
        if store.status == StoreStatus::Competitor || store.revenue.is_nan() {
            return words;
        }
        say.labelled(&words, &number(store.revenue, Style::MoneyShort, language, currency))
    }

    pub(super) fn scale_bar(&self, frame: &Frame) -> ScaleBar {
        // Corsica lies in the lower right corner of France; elsewhere the corner is free.
        let share = if *self.spec.view.place() == Place::France {
            0.868
        } else {
            0.985
        };
        ScaleBar::new(frame, frame.width_px * share, frame.height_px - 14.0)
    }

    /// The legend in a file: lower left over the sea, or under a narrow map.
    fn place_legend(&self, legend: Legend, below: bool) -> Element {
        let top = if below {
            self.frame.height_px + 12.0
        } else {
            self.frame.height_px - legend.height_px - 12.0
        };
        let group = Element::new("g").set("transform", format!("translate(12 {})", fmt(top)));
        if below || *self.spec.view.place() == Place::France {
            return group.child(legend.body);
        }
        // Outside the view of France there is land under the legend.
        let plate = Element::new("rect")
            .px("x", -12.0)
            .px("y", -12.0)
            .px("width", WIDTH_PX + 24.0)
            .px("height", legend.height_px + 24.0)
            .fill(self.spec.theme, Color::Sea)
            .set("fill-opacity", ".94");
        group.child(plate).child(legend.body)
    }
}

/// A point for each named commune, on views close enough for a point to say something.
fn dots(names: &[labels::Label], theme: Theme) -> Element {
    Element::new("g")
        .set("class", "places")
        .set("pointer-events", "none")
        .fill(theme, Color::Mark)
        .stroke(theme, Color::Halo, 1.0)
        .children(names.iter().map(|label| {
            Element::new("circle")
                .px("cx", label.at.0)
                .px("cy", label.at.1)
                .px("r", 2.2)
        }))
}
