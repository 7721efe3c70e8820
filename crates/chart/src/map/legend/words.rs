//! What the legend says in words and numbers: breaks in one unit, what a cell is, how the breaks came about.

use h3o::CellIndex;

use crate::format::{Language, Say, Style, Unit, number};
use crate::map::{MapData, MapSpec, Method};

/// Resolution, number of cells and method of the breaks, in one sentence.
pub(crate) fn about(spec: &MapSpec<'_>, data: &MapData) -> String {
    let say = Say(spec.language);
    let count = number(data.cells.len() as f64, Style::Count, spec.language, spec.currency);
    let breaks = match spec.breaks.method() {
        Method::OneThreeTen => say.word("chart-breaks-one-three-ten"),
        Method::EvenSteps => say.word("chart-breaks-even"),
        Method::Difference => say.word("chart-breaks-difference"),
        Method::Given => say.word("chart-breaks-given"),
    };
    let resolution = data
        .cells
        .iter()
        .find_map(|cell| CellIndex::try_from(cell.cell).ok())
        .map(CellIndex::resolution);
    let cells = say.words_with(
        "chart-cells",
        &[("count", data.cells.len().into()), ("shown", count.into())],
    );
    let Some(resolution) = resolution else {
        return say.words_with(
            "chart-about-no-cells",
            &[("cells", cells.into()), ("breaks", breaks.into())],
        );
    };
    let (level, area) = (u8::from(resolution).to_string(), area(resolution, spec.language));
    let level = say.words_with("chart-level", &[("level", level.into()), ("area", area.into())]);
    say.words_with(
        "chart-about",
        &[
            ("level", level.into()),
            ("cells", cells.into()),
            ("breaks", breaks.into()),
        ],
    )
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
    let say = Say(language);
    match unit {
        Unit::THOUSAND => say.word("chart-thousands"),
        Unit::MILLION => say.word("chart-millions"),
        Unit::BILLION => say.word("chart-billions"),
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
