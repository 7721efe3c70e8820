//! Whiskers: 95 % as a thin line, 80 % as a thick one over it, page-coloured edges where they cross a solid bar.

use super::Context;
use crate::canvas::element::{Element, Shape, Stroke};
use crate::canvas::plan::Plan;
use crate::theme::Color;

pub(super) fn plan(context: &Context<'_>, plan: &mut Plan) {
    let (layer, area, mark) = (&context.layer, context.area, context.layer.mark);
    let bands = [(&mark.low95, &mark.high95, 1.25), (&mark.low80, &mark.high80, 4.0)];
    for row in layer.rows() {
        let Some(middle) = context.middle(row) else {
            continue;
        };
        let color = mark
            .color
            .as_ref()
            .map_or(Color::Ink2, |color| layer.color_of(color, row));
        for (low, high, width_px) in bands {
            let (Some(low), Some(high)) = (layer.bound(low, row), layer.bound(high, row)) else {
                continue;
            };
            let points = vec![area.at(middle, area.number(low)), area.at(middle, area.number(high))];
            for (color, width_px) in [(Color::Page, width_px + 2.0), (color, width_px)] {
                let line = Element::new(points.clone(), Shape::Line, context.element_layer(row));
                let line = line.stroke(Stroke::solid(color, width_px));
                plan.data(
                    context.panel,
                    area,
                    line.title(
                        layer
                            .scene
                            .tooltip(mark, layer.frame, row)
                            .filter(|_| color != Color::Page),
                    ),
                );
            }
        }
    }
}
