//! What the legend says in words and numbers: breaks in one unit, what a cell is, how the breaks came about.

use h3o::CellIndex;

use crate::format::{Language, Style, Unit, number};
use crate::map::{MapData, MapSpec, Method};

/// Resolution, number of cells and method of the breaks, in one sentence.
pub(crate) fn about(spec: &MapSpec<'_>, data: &MapData) -> String {
    let french = spec.language == Language::French;
    let count = number(data.cells.len() as f64, Style::Count, spec.language, spec.currency);
    let method = match (spec.breaks.method(), french) {
        (Method::OneThreeTen, true) => "paliers 1-3-10 fixes",
        (Method::OneThreeTen, false) => "fixed 1-3-10 breaks",
        (Method::EvenSteps, true) => "paliers égaux arrondis",
        (Method::EvenSteps, false) => "equal rounded breaks",
        (Method::Difference, true) => "paliers 1-3-10 de part et d’autre de 0",
        (Method::Difference, false) => "1-3-10 breaks on both sides of 0",
        (Method::Given, true) => "paliers choisis",
        (Method::Given, false) => "chosen breaks",
    };
    let resolution = data
        .cells
        .iter()
        .find_map(|cell| CellIndex::try_from(cell.cell).ok())
        .map(CellIndex::resolution);
    let cells = match (french, data.cells.len()) {
        (true, 0 | 1) => format!("{count} cellule"),
        (true, _) => format!("{count} cellules"),
        (false, 1) => format!("{count} cell"),
        (false, _) => format!("{count} cells"),
    };
    let separator = if french { "\u{202f}; " } else { "; " };
    match resolution {
        None => [cells, method.to_owned()].join(separator),
        Some(resolution) => {
            let area = area(resolution, spec.language);
            let level = match french {
                true => format!("H3 niveau {}, environ {area}", u8::from(resolution)),
                false => format!("H3 level {}, about {area}", u8::from(resolution)),
            };
            [level, cells, method.to_owned()].join(separator)
        }
    }
}

/// The mean area of a cell at a resolution, to two digits.
fn area(resolution: h3o::Resolution, language: Language) -> String {
    let km2 = resolution.area_km2();
    let power = 10_f64.powf(km2.log10().floor() - 1.0);
    format!("{}\u{a0}km²", plain((km2 / power).round() * power, language))
}

/// A number with as many decimals as it has, up to six.
pub(crate) fn plain(value: f64, language: Language) -> String {
    let places = (0..6_u8).find(|places| {
        let shifted = value * 10_f64.powi(i32::from(*places));
        (shifted - shifted.round()).abs() < 1e-6 * shifted.abs().max(1e-3)
    });
    number(value, Style::Decimal(places.unwrap_or(6)), language, "")
}

/// The breaks as printed, and the one unit that the title names.
pub(crate) struct BreakLabels {
    pub(crate) texts: Vec<String>,
    pub(crate) unit: String,
}

impl BreakLabels {
    pub(crate) fn new(spec: &MapSpec<'_>) -> Self {
        let limits = spec.breaks.limits();
        let largest = limits.iter().fold(0.0_f64, |most, limit| most.max(limit.abs()));
        let (factor, unit) = match spec.style {
            Style::Money | Style::MoneyShort | Style::MoneyUnit | Style::SignedMoneyUnit | Style::SignedMoneyShort => {
                let unit = unit_of(largest);
                (unit.factor(), unit.label(spec.language, spec.currency))
            }
            Style::Percent | Style::SignedPercent | Style::SignedPercentBare => (0.01, "%".to_owned()),
            Style::SignedPoints => (
                0.01,
                if spec.language == Language::French { "pt" } else { "pp" }.to_owned(),
            ),
            _ => {
                let unit = unit_of(largest);
                (unit.factor(), thousands(unit, spec.language).to_owned())
            }
        };
        let signed = spec.breaks.method() == Method::Difference;
        let texts = limits
            .iter()
            .map(|limit| {
                let text = plain(limit / factor, spec.language);
                if signed && *limit > 0.0 {
                    format!("+{text}")
                } else {
                    text
                }
            })
            .collect();
        Self { texts, unit }
    }
}

/// The unit in which a number has at most three digits before the mark, so that seven breaks fit side by side.
pub(crate) fn unit_of(largest: f64) -> Unit {
    match largest {
        size if size >= 1e9 => Unit::BILLION,
        size if size >= 1e6 => Unit::MILLION,
        size if size >= 1e3 => Unit::THOUSAND,
        _ => Unit::ONE,
    }
}

fn thousands(unit: Unit, language: Language) -> &'static str {
    match (unit, language) {
        (Unit::THOUSAND, Language::French) => "milliers",
        (Unit::THOUSAND, Language::English) => "thousands",
        (Unit::MILLION, _) => "millions",
        (Unit::BILLION, Language::French) => "milliards",
        (Unit::BILLION, Language::English) => "billions",
        _ => "",
    }
}

/// A number of such a unit with the unit, such as `10 M €` or `€10M`.
pub(crate) fn with_unit(number: &str, unit: Unit, language: Language, currency: &str) -> String {
    let label = unit.label(language, currency);
    match (language, label.strip_suffix(unit.prefix(language))) {
        (Language::English, Some(symbol)) => format!("{symbol}{number}{}", unit.prefix(language)),
        _ => format!("{number}\u{a0}{label}"),
    }
}
