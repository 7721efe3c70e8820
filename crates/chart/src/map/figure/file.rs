//! The figure as a file: all panels with their legends in one drawing.

use super::MapFigure;
use super::arrange::{Arrangement, GUTTER_PX, HEADING_PX, ROW_GAP_PX};
use super::key;
use super::panel::{Panel, PanelWidth};
use crate::map::furniture::text;
use crate::map::view::ASPECT;
use crate::svg::{Element, Svg, fmt};
use crate::text::Weight;
use crate::theme::{Color, Theme};

/// Space between a map and the legend under it, and above the key, in pixels.
const LEGEND_GAP_PX: f64 = 12.0;
/// The least width of a figure in pixels.
const LEAST_PX: f64 = 240.0;

/// A panel on the drawing: its place in the grid and its parts.
struct Placed {
    column: usize,
    row: usize,
    large: bool,
    body: Element,
    height_px: f64,
}

/// Draws the figure as one `<svg>` of a width in pixels, with literal colours; on the page's theme it takes those of a
/// light file.
#[must_use]
pub fn figure_file(figure: &MapFigure<'_>, width_px: f64) -> String {
    let width_px = if width_px.is_finite() {
        width_px.max(LEAST_PX)
    } else {
        LEAST_PX
    };
    let literal;
    let figure = if figure.theme == Theme::Css {
        literal = MapFigure {
            theme: Theme::Light,
            ..figure.clone()
        };
        &literal
    } else {
        figure
    };
    let arrangement = Arrangement::of(figure, width_px);
    let panels = panels(figure, arrangement, width_px);
    let (offsets, mut height_px) = rows(arrangement, &panels);
    let mut body = Vec::new();
    for panel in panels {
        let x = if panel.column == 0 {
            0.0
        } else {
            let before = arrangement.map_px(arrangement == Arrangement::Side, width_px) + GUTTER_PX;
            panel.column as f64 * before
        };
        let y = offsets.get(panel.row).copied().unwrap_or(0.0);
        body.push(panel.body.set("transform", at(x, y)));
    }
    let block = key::key(figure, width_px, &format!("{}-key", figure.id));
    if arrangement == Arrangement::Beside {
        let x = width_px - arrangement.key_px(width_px);
        body.push(block.body.set("transform", at(x, height_px - block.height_px)));
    } else {
        height_px += LEGEND_GAP_PX;
        body.push(block.body.set("transform", at(0.0, height_px)));
        height_px += block.height_px;
    }
    let mut svg = Svg::new(
        figure.id,
        figure.title,
        figure.desc,
        width_px,
        height_px.ceil(),
        figure.theme,
    );
    svg.body = body;
    svg.finish()
}

fn at(x: f64, y: f64) -> String {
    format!("translate({} {})", fmt(x), fmt(y))
}

/// Every panel: label, map, and the legend of a scale under its last map.
fn panels(figure: &MapFigure<'_>, arrangement: Arrangement, width_px: f64) -> Vec<Placed> {
    let all_stores = key::all_stores(figure);
    let shapes = figure.shapes();
    let places = arrangement.places(figure);
    figure
        .drawn()
        .zip(places)
        .map(|((index, panel, scale), (column, row))| {
            let width = PanelWidth::of(figure, panel.large, width_px, None);
            let mut body = Element::new("g");
            let mut y = 0.0;
            if figure.panels.len() > 1 {
                body = body.child(text(panel.label, 0.0, 12.0, Weight::Bold, Color::Ink, figure.theme));
                y += HEADING_PX;
            }
            let drawn = Panel {
                figure,
                panel,
                index,
                scale,
                all_stores: &all_stores,
                shapes: &shapes,
            };
            let widths = [width];
            let map = drawn.draw(&widths, false);
            body = body.child(Element::new("g").set("transform", at(0.0, y)).child(map));
            y += (widths[0].width_px / ASPECT).round();
            if arrangement != Arrangement::Beside && figure.ends_scale(index) {
                let block = key::scale(figure, panel.scale, widths[0].width_px);
                y += LEGEND_GAP_PX;
                body = body.child(block.body.set("transform", at(0.0, y)));
                y += block.height_px;
            }
            Placed {
                column,
                row,
                large: panel.large,
                body,
                height_px: y,
            }
        })
        .collect()
}

/// Where the rows begin, and the height of all of them, in pixels.
fn rows(arrangement: Arrangement, panels: &[Placed]) -> (Vec<f64>, f64) {
    let spans = |panel: &&Placed| arrangement == Arrangement::Side && panel.large;
    let count = panels.iter().map(|panel| panel.row + 1).max().unwrap_or(0);
    let mut offsets = Vec::with_capacity(count);
    let mut y = 0.0;
    for row in 0..count {
        offsets.push(y);
        let inside = panels.iter().filter(|panel| panel.row == row && !spans(panel));
        y += inside.map(|panel| panel.height_px).fold(0.0, f64::max) + ROW_GAP_PX;
    }
    let spanning = panels
        .iter()
        .filter(spans)
        .map(|panel| panel.height_px)
        .fold(0.0, f64::max);
    (offsets, (y - ROW_GAP_PX).max(spanning).max(0.0))
}
