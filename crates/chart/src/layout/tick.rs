//! What stands at the ticks of a numeric axis.

use crate::format::{Language, Style, number};
use crate::scale::Scale;
use crate::scene::Scene;
use crate::spec::Axis;

/// The labels of an axis' ticks: as few decimals as tell them apart, and the axis' title as a unit behind the last one.
pub(crate) fn labels(scene: &Scene<'_>, axis: &Axis, scale: &Scale, ticks: &[f64]) -> Vec<String> {
    let values: Vec<f64> = ticks.iter().map(|tick| scale.value(*tick)).collect();
    let (language, currency) = (scene.drawing.language, scene.drawing.currency);
    let (factor, signed, percent) = match axis.format {
        Some(Style::MoneyUnit) => (1.0 / scene.unit.factor(), false, false),
        Some(Style::SignedMoneyUnit) => (1.0 / scene.unit.factor(), true, false),
        Some(Style::Percent) => (100.0, false, true),
        Some(Style::SignedPercent) => (100.0, true, true),
        Some(Style::SignedPercentBare) => (100.0, true, false),
        Some(Style::SignedCount | Style::SignedDecimal(_)) => (1.0, true, false),
        None | Some(Style::Count | Style::Decimal(_)) => (1.0, false, false),
        Some(other) => {
            let written = values.iter().map(|value| number(*value, other, language, currency));
            return titled(scene, axis, written.collect());
        }
    };
    let scaled: Vec<f64> = values.iter().map(|value| value * factor).collect();
    let places = places(&scaled);
    let style = if signed {
        Style::SignedDecimal(places)
    } else {
        Style::Decimal(places)
    };
    let percent = match language {
        _ if !percent => "",
        Language::French => "\u{202f}%",
        Language::English => "%",
    };
    let written = scaled
        .iter()
        .map(|value| number(*value, style, language, currency) + percent);
    titled(scene, axis, written.collect())
}

fn titled(scene: &Scene<'_>, axis: &Axis, mut labels: Vec<String>) -> Vec<String> {
    if let (Some(title), Some(last)) = (&axis.title, labels.last_mut()) {
        *last = format!("{last}\u{a0}{}", scene.words(title));
    }
    labels
}

/// Decimals that write all of the numbers to a thousandth of their steps.
fn places(all: &[f64]) -> u8 {
    let step = all
        .windows(2)
        .map(|pair| (pair[1] - pair[0]).abs())
        .fold(f64::INFINITY, f64::min);
    let exact = |places: &u8| {
        let scale = 10f64.powi(i32::from(*places));
        all.iter()
            .all(|value| (value - (value * scale).round() / scale).abs() <= step * 1e-3)
    };
    (0..6).find(exact).unwrap_or(6)
}
