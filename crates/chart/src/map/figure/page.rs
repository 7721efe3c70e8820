//! The figure on a page: HTML with one drawing a map and the legends of every width.

use super::MapFigure;
use super::arrange::{Arrangement, SLOTS, Slot};
use super::key::{self, Block};
use super::panel::{Panel, PanelWidth};
use crate::format::Language;
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
    let mut budget = MOST_LINKED_CELLS;
    for (index, panel, scale) in figure.drawn() {
        html.push_str(if panel.large {
            "<div class=\"map-panel large\">"
        } else {
            "<div class=\"map-panel\">"
        });
        if figure.panels.len() > 1 {
            html.push_str("<h3>");
            escape(panel.label, &mut html);
            html.push_str("</h3>");
        }
        let widths: Vec<PanelWidth> = SLOTS
            .iter()
            .map(|slot| PanelWidth::of(figure, panel.large, slot.figure_px(desk_px), Some(slot.class())))
            .collect();
        let drawn = Panel {
            figure,
            panel,
            index,
            scale,
            all_stores: &all_stores,
        };
        drawn.draw(&widths, &mut budget).write(&mut html);
        if figure.ends_scale(index) {
            for (slot, width) in SLOTS.iter().zip(&widths) {
                let arrangement = Arrangement::of(figure, slot.figure_px(desk_px));
                if arrangement != Arrangement::Beside {
                    let block = key::scale(figure, panel.scale, width.width_px);
                    let id = format!("{}-{index}-scale-{}", figure.id, slot.name);
                    legend(&mut html, figure, slot, ("map-scale", &id), block, width.width_px);
                }
            }
        }
        html.push_str("</div>");
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
    let (title, desc) = match figure.language {
        Language::French => ("Légende", "Classes de couleurs et signes de la carte."),
        Language::English => ("Legend", "Classes of colours and signs of the map."),
    };
    let mut svg = Svg::new(id, title, desc, width_px, block.height_px, figure.theme);
    svg.body = vec![block.body];
    html.push_str(&svg.finish());
    html.push_str("</div>");
}
