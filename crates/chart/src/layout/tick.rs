//! What stands at the ticks of a numeric axis.

use crate::format::{Language, Style, number};
use crate::scale::Scale;
use crate::scene::Scene;
use crate::spec::Axis;

/// The labels of an axis' ticks: as few decimals as tell them apart, and the axis' title as a unit behind the last one.
pub(crate) fn labels(scene: &Scene<'_>, axis: &Axis, scale: &Scale, ticks: &[f64]) -> Vec<String> {
    let values: Vec<f64> = ticks.iter().map(|tick| scale.value(*tick)).collect();
    let mut labels: Vec<String> = values
        .iter()
        .map(|value| label(scene, axis.format, *value, &values))
        .collect();
    if let (Some(title), Some(last)) = (&axis.title, labels.last_mut()) {
        *last = format!("{last}\u{a0}{}", scene.words(title));
    }
    labels
}

fn label(scene: &Scene<'_>, style: Option<Style>, value: f64, all: &[f64]) -> String {
    let (language, currency) = (scene.drawing.language, scene.drawing.currency);
    let plain = |value: f64, style| number(value, style, language, currency);
    let whole = |factor: f64| {
        all.iter()
            .all(|value| (value * factor - (value * factor).round()).abs() < 1e-6)
    };
    let percent = |digits: String| match language {
        Language::French => format!("{digits}\u{202f}%"),
        Language::English => format!("{digits}%"),
    };
    let unit = scene.unit.factor();
    match style {
        Some(Style::MoneyUnit) if whole(1.0 / unit) => plain(value / unit, Style::Count),
        Some(Style::SignedMoneyUnit) if whole(1.0 / unit) => {
            plain(value / unit, Style::SignedCount)
        }
        Some(style @ (Style::MoneyUnit | Style::SignedMoneyUnit)) => {
            scene.unit.number(value, style, language)
        }
        Some(Style::Percent) if whole(100.0) => percent(plain(value * 100.0, Style::Count)),
        Some(Style::SignedPercent) if whole(100.0) => {
            percent(plain(value * 100.0, Style::SignedCount))
        }
        Some(Style::SignedPercentBare) if whole(100.0) => plain(value * 100.0, Style::SignedCount),
        Some(style) => plain(value, style),
        None => plain(value, Style::Decimal(places(all))),
    }
}

/// Decimals that tell neighbouring ticks apart.
fn places(all: &[f64]) -> u8 {
    let step = all
        .windows(2)
        .map(|pair| (pair[1] - pair[0]).abs())
        .fold(f64::INFINITY, f64::min);
    if step.is_finite() && step > 0.0 {
        (-step.log10().floor()).clamp(0.0, 6.0) as u8
    } else {
        0
    }
}
