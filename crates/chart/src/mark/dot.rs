//! Dots: a value at a place, such as the end of a line or the head of a lollipop.

use super::Context;
use crate::canvas::element::{Element, Fill, Shape, Stroke};
use crate::canvas::plan::Plan;
use crate::scene::layer::Notation;
use crate::spec::Place;
use crate::text::Weight;
use crate::theme::Color;

pub(super) fn plan(context: &Context<'_>, plan: &mut Plan) {
    let (layer, area) = (&context.layer, context.area);
    let radius_px = layer.mark.radius_px.unwrap_or(4.0);
    for row in layer.rows() {
        let (Some(middle), Some(own)) = (context.middle(row), context.own(row)) else {
            continue;
        };
        let color = layer.color(row);
        let dot = Element::new(
            vec![area.at(middle, own)],
            Shape::Circle { radius_px },
            context.element_layer(row),
        );
        // A ring stands for what is not measured: there is no room for a hatch.
        let dot = match layer.notation(row) {
            Notation::Predicted | Notation::Simulated => {
                dot.fill(Fill::Solid(Color::Page)).stroke(Stroke::solid(color, 1.5))
            }
            Notation::Measured | Notation::LastYear => dot.fill(Fill::Solid(color)),
        };
        plan.data(
            context.panel,
            area,
            dot.title(layer.scene.tooltip(layer.mark, layer.frame, row)),
        );
    }
    let default = if area.down() { Place::Above } else { Place::End };
    context.labels(plan, radius_px, default, Weight::Regular);
}
