//! Areas: between a value and zero or a second value, and the pale bands of 80 and 95 % intervals.

use super::Context;
use crate::canvas::element::{Element, Fill, Layer, Quiet, Shape};
use crate::canvas::plan::Plan;

/// Opacity of the 95 and of the 80 % band.
const SHEER_95: f64 = 0.13;
const SHEER_80: f64 = 0.2;
/// Opacity of a plain area, whose upper edge is usually a line of its own.
const SHEER: f64 = 0.15;

pub(super) fn plan(context: &Context<'_>, plan: &mut Plan) {
    let (layer, mark) = (&context.layer, context.layer.mark);
    let bands = [
        (&mark.low95, &mark.high95, SHEER_95),
        (&mark.low80, &mark.high80, SHEER_80),
    ];
    for rows in super::line::series(layer, &context.area.shared) {
        for (low, high, opacity) in bands {
            if low.is_some() && high.is_some() {
                between(context, plan, &rows, opacity, |row| {
                    Some((layer.bound(low, row)?, layer.bound(high, row)?))
                });
            }
        }
        if layer.value_channel().is_some() {
            between(context, plan, &rows, SHEER, |row| {
                let second = layer
                    .value2_channel()
                    .map_or(Some(0.0), |channel| layer.value(Some(channel), row));
                Some((second?, layer.value(layer.value_channel(), row)?))
            });
        }
    }
}

/// One outline per stretch of rows that have both bounds.
fn between(
    context: &Context<'_>,
    plan: &mut Plan,
    rows: &[usize],
    opacity: f64,
    bounds: impl Fn(usize) -> Option<(f64, f64)>,
) {
    let (layer, area) = (&context.layer, context.area);
    let mut stretch: Vec<(f64, f64, f64)> = vec![];
    let mut flush = |stretch: &mut Vec<(f64, f64, f64)>, row: usize| {
        let there = stretch.iter().map(|(at, _, high)| area.at(*at, *high));
        let back = stretch.iter().rev().map(|(at, low, _)| area.at(*at, *low));
        let points: Vec<(f64, f64)> = there.chain(back).collect();
        if stretch.len() > 1 {
            let shape = Element::new(points, Shape::Area, Layer::Mark(None));
            plan.data(
                context.panel,
                area,
                shape.fill(Fill::Sheer(layer.color(row), opacity)).quiet(Quiet::Band),
            );
        }
        stretch.clear();
    };
    for row in rows {
        let point = layer.place(&area.shared, *row, false).zip(bounds(*row));
        match point {
            Some((at, (low, high))) => stretch.push((at, area.number(low), area.number(high))),
            None => flush(&mut stretch, *row),
        }
    }
    if let Some(last) = rows.last() {
        flush(&mut stretch, *last);
    }
}
