//! One map of a figure: the ground once, stores and names for each width.

use super::super::cells::Shapes;
use super::super::furniture::{haloed, text};
use super::super::geography::communes;
use super::super::labels::{Label, Labels, Rect, Room, Wanted};
use super::super::picture::{NARROW_PX, Picture, full_radius};
use super::super::stores::{self, Layout, PlacedStore, StoreScale};
use super::super::{MapPanel, MapSpec, MapStore, outlines};
use super::arrange::Arrangement;
use super::{MapFigure, MapScale, signs};
use crate::svg::{Element, fmt};
use crate::text::Weight;
use crate::theme::{Color, FONT_STACK, Theme};

/// Stores on a narrow map.
const NARROW_STORES: usize = 40;
/// A map narrower than this has no names.
const NAMED_FROM_PX: f64 = 300.0;
/// Least distances between two named stores and between a named commune and any other name, in pixels.
const SPACING_PX: (f64, f64) = (24.0, 56.0);
/// So many communes are bold where no store has a name.
const BOLD_COMMUNES: usize = 6;
/// In views wider than this (half of the width, in kilometres) stores are too many to be named: communes are.
const STORES_NAMED_KM: f64 = 225.0;

/// A width of a panel, and the class of what shows at this width only.
pub(super) struct PanelWidth {
    pub(super) class: Option<String>,
    pub(super) width_px: f64,
    /// The radius of the largest step of store revenue: that of the figure's smallest map, so that one key holds for all.
    pub(super) radius_px: f64,
}

impl PanelWidth {
    /// The width of a panel in a figure of `figure_px`.
    pub(super) fn of(figure: &MapFigure<'_>, large: bool, figure_px: f64, class: Option<String>) -> Self {
        let arrangement = Arrangement::of(figure, figure_px);
        Self {
            class,
            width_px: arrangement.map_px(large, figure_px),
            radius_px: radius_px(figure, figure_px),
        }
    }
}

/// The full radius of stores in a figure of a width, in pixels.
pub(super) fn radius_px(figure: &MapFigure<'_>, figure_px: f64) -> f64 {
    let arrangement = Arrangement::of(figure, figure_px);
    let narrowest = figure
        .panels
        .iter()
        .map(|panel| arrangement.map_px(panel.large, figure_px))
        .fold(f64::INFINITY, f64::min);
    full_radius(figure.view, narrowest)
}

/// A panel on its way to the page.
pub(super) struct Panel<'a> {
    pub(super) figure: &'a MapFigure<'a>,
    pub(super) panel: &'a MapPanel<'a>,
    /// Its place among the panels.
    pub(super) index: usize,
    pub(super) scale: &'a MapScale<'a>,
    /// All stores of the figure: their largest gives the size of all circles.
    pub(super) all_stores: &'a [MapStore],
    /// The outlines of all cells of the figure.
    pub(super) shapes: &'a Shapes,
}

impl Panel<'_> {
    /// How many cells have a colour at a width.
    pub(super) fn coloured(&self, width: &PanelWidth) -> usize {
        let widths_px = [width.width_px];
        let spec = self.figure.spec(self.scale, "", "", &widths_px);
        Picture::new(&spec, &self.panel.data, self.shapes).coloured()
    }

    /// The map as an `<svg>`, laid out at these widths; `marked` says whether its cells are marks of their own.
    pub(super) fn draw(&self, widths: &[PanelWidth], marked: bool) -> Element {
        let figure = self.figure;
        let id = format!("{}-{}", figure.id, self.index);
        let widths_px: Vec<f64> = widths.iter().map(|width| width.width_px).collect();
        let title = if figure.panels.len() > 1 {
            self.panel.label
        } else {
            figure.title
        };
        let spec = figure.spec(self.scale, &id, title, &widths_px);
        let mut picture = Picture::new(&spec, &self.panel.data, self.shapes);
        picture.interactive &= marked;
        let linked = picture.interactive && self.panel.data.cells.iter().any(|cell| cell.href.is_some())
            || spec.theme == Theme::Css && self.panel.data.stores.iter().any(|store| store.href.is_some());
        let layouts: Vec<(Layout, Vec<PlacedStore>)> =
            widths.iter().map(|width| self.stores_at(&spec, width)).collect();
        let theme = spec.theme;
        let marks = stores::draw(
            &self.panel.data.stores,
            &layouts,
            theme,
            |store, circle| signs::sign(store, circle, theme),
            |store| picture.store_words(store),
        );
        let mut root = root(&picture, linked);
        for part in self.ground(&picture) {
            root = root.child(part);
        }
        root = root.child(marks);
        for (width, (layout, placed)) in widths.iter().zip(&layouts) {
            root = root.child(layout.mark(self.overlay(&picture, width, layout, placed)));
        }
        root
    }

    /// Patterns, and the ground: sea, land, cells, borders, outlines. What reaches over the edge is clipped, on a page by
    /// the nested picture that scales, in a file by a path, which rasterisers clip by at any depth.
    fn ground(&self, picture: &Picture<'_, '_>) -> [Element; 2] {
        let (theme, frame) = (picture.spec.theme, &picture.frame);
        let box_of = || {
            Element::new("rect")
                .px("width", frame.width_px)
                .px("height", frame.height_px)
        };
        let defs = Element::new("defs").child(super::super::cells::hatch(&picture.hatch_id, 10.0, theme));
        let parts = std::iter::once(box_of().fill(theme, Color::Sea))
            .chain(picture.layers())
            .chain(outlines::draw(&self.figure.rings, frame, theme));
        if theme == Theme::Css {
            let scaled = Element::new("svg")
                .set("class", "shared")
                .set(
                    "viewBox",
                    format!("0 0 {} {}", fmt(frame.width_px), fmt(frame.height_px)),
                )
                .set("width", "100%")
                .set("height", "100%");
            return [defs, scaled.children(parts)];
        }
        let clip_id = format!("{}-clip", picture.spec.id);
        let clip = Element::new("clipPath").set("id", clip_id.as_str()).child(box_of());
        let clipped = Element::new("g")
            .set("class", "shared")
            .set("clip-path", format!("url(#{clip_id})"));
        [defs.child(clip), clipped.children(parts)]
    }

    fn stores_at(&self, spec: &MapSpec<'_>, width: &PanelWidth) -> (Layout, Vec<PlacedStore>) {
        let layout = Layout {
            class: width.class.clone(),
            scale: StoreScale::new(self.all_stores, width.radius_px),
        };
        let stores = &self.panel.data.stores;
        let most = if width.width_px < NARROW_PX {
            NARROW_STORES
        } else {
            usize::MAX
        };
        let placed = stores::place(stores, &layout.scale, &spec.view.frame(width.width_px), usize::MAX);
        (layout, signs::in_order(stores, placed, most))
    }

    /// Names, scale bar and inset at one width: what does not scale.
    fn overlay(
        &self,
        picture: &Picture<'_, '_>,
        width: &PanelWidth,
        layout: &Layout,
        placed: &[PlacedStore],
    ) -> Element {
        let theme = picture.spec.theme;
        let frame = picture.spec.view.frame(width.width_px);
        let stores = &self.panel.data.stores;
        let inset = picture.inset(&frame, &layout.scale);
        let bar = picture.scale_bar(&frame);
        let mut taken = vec![bar.rect()];
        taken.extend(inset.as_ref().map(|inset| inset.rect));
        let marks = placed
            .iter()
            .filter(|placed| signs::matters(&stores[placed.index]))
            .map(|placed| {
                let (x, y, radius) = placed.circle;
                let radius = signs::radius_px(&stores[placed.index], radius);
                Rect::new(x, y, 0.0, 0.0).grown(radius + 1.0)
            })
            .collect();
        let circles: Vec<(f64, f64, f64)> = placed.iter().map(|placed| placed.circle).collect();
        let room = Room {
            frame: &frame,
            taken,
            frames: inset.iter().map(|inset| inset.source).collect(),
            marks,
            circles: &circles,
            most: self.most_names(width.width_px),
            bold: 0,
            spacing_px: SPACING_PX.1,
        };
        let names = self.names(&room, placed).into_iter().map(|(label, colour)| {
            let words = text(&label.text, label.x, label.baseline, label.weight, colour, theme);
            haloed(words, theme)
        });
        let names = Element::new("g")
            .set("class", "names")
            .set("pointer-events", "none")
            .children(names);
        Element::new("g")
            .child(bar.draw(theme))
            .child(names)
            .children(inset.map(|inset| inset.drawn))
    }

    /// How many names a map of a width bears, beside those of the stores that it is about.
    fn most_names(&self, width_px: f64) -> usize {
        match width_px {
            _ if self.figure.is_small(self.index) => 0,
            px if px < NAMED_FROM_PX => 0,
            px if px < 440.0 => 5,
            px if px < NARROW_PX => 10,
            _ => 14,
        }
    }

    /// Names of the stores that matter in bold, of others, and of communes where there is room left.
    fn names(&self, room: &Room<'_>, placed: &[PlacedStore]) -> Vec<(Label, Color)> {
        let stores = &self.panel.data.stores;
        let mut labels = Labels::new(room);
        if room.frame.width_px < NAMED_FROM_PX && self.figure.panels.len() > 1 {
            return Vec::new();
        }
        let wanted = |placed: &PlacedStore| {
            let (store, (x, y, circle_px)) = (&stores[placed.index], placed.circle);
            (store, (x, y), signs::radius_px(store, circle_px))
        };
        for (store, at, radius_px) in placed
            .iter()
            .rev()
            .map(wanted)
            .filter(|(store, ..)| signs::matters(store))
        {
            labels.add(Wanted {
                text: &store.name,
                weight: Weight::Bold,
                at,
                radius_px,
                spacing_px: 0.0,
            });
        }
        let most = labels.placed.len() + room.most;
        let open = placed
            .iter()
            .map(wanted)
            .filter(|(store, ..)| signs::is_sized(store) && !store.selected);
        for (store, at, radius_px) in open.filter(|_| self.figure.view.half_width_km() < STORES_NAMED_KM) {
            if labels.placed.len() >= most {
                break;
            }
            labels.add(Wanted {
                text: &store.name,
                weight: Weight::Regular,
                at,
                radius_px,
                spacing_px: SPACING_PX.0,
            });
        }
        let named = labels.placed.len();
        // Communes step back behind the stores' names, and carry the map where there are none.
        let colour = |index: usize| match named {
            0 => Color::Ink,
            _ if index < named => Color::Ink,
            _ => Color::Ink2,
        };
        for commune in communes() {
            if labels.placed.len() >= most {
                break;
            }
            let known = labels.placed.iter().any(|label| label.text == commune.name);
            if !known {
                let bold = named == 0 && labels.placed.len() < BOLD_COMMUNES;
                labels.add(Wanted {
                    text: commune.name,
                    weight: if bold { Weight::Bold } else { Weight::Regular },
                    at: room.frame.pixel_of(commune.point),
                    radius_px: 0.0,
                    spacing_px: room.spacing_px,
                });
            }
        }
        let placed = labels.placed.into_iter().enumerate();
        placed.map(|(index, label)| (label, colour(index))).collect()
    }
}

/// The root element with its accessible name: a picture, or a document where marks are links. In a file it is a part of
/// the figure's drawing.
fn root(picture: &Picture<'_, '_>, linked: bool) -> Element {
    let spec = picture.spec;
    if spec.theme != Theme::Css {
        return Element::new("g")
            .set("class", "map-figure")
            .child(Element::new("title").text(spec.title));
    }
    let (title_id, desc_id) = (format!("{}-t", spec.id), format!("{}-d", spec.id));
    let (width, height) = (fmt(picture.frame.width_px), fmt(picture.frame.height_px));
    let (latitude, longitude) = spec.view.centre();
    let root = Element::new("svg")
        .set("xmlns", "http://www.w3.org/2000/svg")
        .set("id", spec.id)
        .set("class", "chart map-figure")
        .set("width", width)
        .set("height", height)
        .set("role", if linked { "graphics-document" } else { "img" })
        .set("aria-labelledby", format!("{title_id} {desc_id}"))
        // For a script that reads a place from the picture.
        .set("data-centre", format!("{latitude:.5},{longitude:.5}"))
        .set("data-half-width-km", fmt(spec.view.half_width_km()))
        .set("font-family", FONT_STACK)
        .set("font-size", "12");
    let root = if linked { root.set("tabindex", "0") } else { root };
    root.child(Element::new("title").set("id", title_id).text(spec.title))
        .child(Element::new("desc").set("id", desc_id).text(spec.desc))
}
