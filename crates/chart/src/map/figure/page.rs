//! The figure on a page: HTML with one drawing a map and the legends of every width.

use super::MapFigure;
use super::arrange::{Arrangement, SLOTS, Slot};
use super::key::{self, Block};
use super::panel::{Panel, PanelWidth};
use crate::format::Say;
use crate::map::MOST_LINKED_CELLS;
use crate::svg::{Svg, escape};

/// Draws the figure as HTML for a place of `desk_px` pixels on a desk; [`super::super::css`] holds its rules. All maps
/// together have at most [`MOST_LINKED_CELLS`] cells that are marks of their own: a map beyond is drawn by classes.
#[must_use]
pub fn figure_page(figure: &MapFigure<'_>, desk_px: f64) -> String {
    let mut classes = "maps".to_owned();
    for slot in &SLOTS {
        classes.push(' ');
        classes.push_str(&slot.arranged(Arrangement::of(figure, slot.figure_px(desk_px))));
    }
    let mut html = format!("<div class=\"{classes}\">");
    let all_stores = key::all_stores(figure);
    let shapes = figure.shapes();
    let panels: Vec<Panel<'_>> = figure
        .drawn()
        .map(|(index, panel, scale)| Panel {
            figure,
            panel,
            index,
            scale,
            all_stores: &all_stores,
            shapes: &shapes,
        })
        .collect();
    for drawn in draw(&panels, desk_px) {
        html.push_str(&drawn);
    }
    html.push_str("<div class=\"map-key\">");
    for slot in &SLOTS {
        let figure_px = slot.figure_px(desk_px);
        let id = format!("{}-key-{}", figure.id, slot.name);
        let width_px = Arrangement::of(figure, figure_px).key_px(figure_px);
        legend(
            &mut html,
            figure,
            slot,
            ("", &id),
            key::key(figure, figure_px, &id),
            width_px,
        );
    }
    html.push_str("</div></div>");
    html
}

/// All panels, each on a thread of its own: a page waits for the slowest, not for their sum.
fn draw(panels: &[Panel<'_>], desk_px: f64) -> Vec<String> {
    let mut budget = MOST_LINKED_CELLS;
    std::thread::scope(|scope| {
        let started: Vec<_> = panels
            .iter()
            .map(|panel| {
                let widths: Vec<PanelWidth> = SLOTS
                    .iter()
                    .map(|slot| {
                        PanelWidth::of(
                            panel.figure,
                            panel.panel.large,
                            slot.figure_px(desk_px),
                            Some(slot.class()),
                        )
                    })
                    .collect();
                let coloured = widths.first().map_or(0, |width| panel.coloured(width));
                let marked = coloured <= budget;
                if marked {
                    budget -= coloured;
                }
                let one = move || framed(panel, &widths, desk_px, marked);
                match panels.len() {
                    0 | 1 => Err(one()),
                    _ => Ok(scope.spawn(one)),
                }
            })
            .collect();
        let drawn = started.into_iter().map(|panel| match panel {
            Ok(thread) => thread.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic)),
            Err(drawn) => drawn,
        });
        drawn.collect()
    })
}

/// A panel with its label, and under the last one of a scale its legend.
fn framed(panel: &Panel<'_>, widths: &[PanelWidth], desk_px: f64, marked: bool) -> String {
    let figure = panel.figure;
    let mut html = if panel.panel.large {
        "<div class=\"map-panel large\">".to_owned()
    } else {
        "<div class=\"map-panel\">".to_owned()
    };
    if figure.panels.len() > 1 {
        html.push_str("<h3>");
        escape(panel.panel.label, &mut html);
        html.push_str("</h3>");
    }
    panel.draw(widths, marked).write(&mut html);
    if figure.ends_scale(panel.index) {
        for (slot, width) in SLOTS.iter().zip(widths) {
            let arrangement = Arrangement::of(figure, slot.figure_px(desk_px));
            if arrangement != Arrangement::Beside {
                let block = key::scale(figure, panel.panel.scale, width.width_px);
                let id = format!("{}-{}-scale-{}", figure.id, panel.index, slot.name);
                legend(&mut html, figure, slot, ("map-scale", &id), block, width.width_px);
            }
        }
    }
    html.push_str("</div>");
    html
}

/// A legend that shows at one width.
fn legend(
    html: &mut String,
    figure: &MapFigure<'_>,
    slot: &Slot,
    (class, id): (&str, &str),
    block: Block,
    width_px: f64,
) {
    let class = format!("{class} {}", slot.class());
    html.push_str(&format!("<div class=\"{}\">", class.trim_start()));
    let say = Say(figure.language);
    let (title, desc) = (say.word("chart-legend"), say.word("chart-legend-of-figure"));
    let mut svg = Svg::new(id, title, desc, width_px, block.height_px, figure.theme);
    svg.body = vec![block.body];
    html.push_str(&svg.finish());
    html.push_str("</div>");
}
