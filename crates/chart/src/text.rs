//! Measuring text with the metrics of the one shipped font, so that what is placed also fits.

use std::sync::LazyLock;

use ttf_parser::Face;

static REGULAR: &[u8] = include_bytes!("../fonts/inter-chalandise-400.ttf");
static SEMI_BOLD: &[u8] = include_bytes!("../fonts/inter-chalandise-600.ttf");

/// Name of the shipped font. It is not plain "Inter", because an installed Inter lacks our repairs (U+202F, tabular digits).
pub const FONT_FAMILY: &str = "Inter Chalandise";
/// Size of every text in a chart, in pixels.
pub const SIZE_PX: f64 = 12.0;
/// Height of a line of chart text, in pixels.
pub const LINE_PX: f64 = 16.0;
/// From a line's middle to the baseline of text that is centred on it, in pixels.
pub(crate) const CENTER_PX: f64 = 4.2;
/// What a letter rises above its baseline, as a share of the size (an accented capital).
pub const RISE: f64 = 0.82;
/// What a letter sinks below its baseline, as a share of the size.
pub const SINK: f64 = 0.2;

/// The two static instances (weights 400 and 600) for a rasteriser that must draw what was measured.
pub fn font_files() -> [&'static [u8]; 2] {
    [REGULAR, SEMI_BOLD]
}

/// The two weights of the type scale.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Weight {
    /// 400: names and everything quiet.
    #[default]
    Regular,
    /// 600: values and titles.
    Bold,
}

static FACES: LazyLock<[Option<Face<'static>>; 2]> =
    LazyLock::new(|| font_files().map(|data| Face::parse(data, 0).ok()));

/// Width of one line of text in pixels. A character that the font lacks counts 0.62 em (1 em outside Latin), what a fallback takes at most as a rule.
///
/// ```
/// use chalandise_chart::text::{width_px, Weight};
/// assert!(width_px("612,4", 12.0, Weight::Bold) > width_px("612,4", 12.0, Weight::Regular) - 1.0);
/// assert_eq!(width_px("", 12.0, Weight::Regular), 0.0);
/// ```
pub fn width_px(text: &str, size_px: f64, weight: Weight) -> f64 {
    let face = FACES[weight as usize].as_ref();
    text.chars().map(|c| advance_em(face, c)).sum::<f64>() * size_px
}

fn advance_em(face: Option<&Face<'_>>, c: char) -> f64 {
    face.and_then(|face| {
        let glyph = face.glyph_index(c)?;
        Some(f64::from(face.glyph_hor_advance(glyph)?) / f64::from(face.units_per_em()))
    })
    .unwrap_or(if (c as u32) < 0x0500 { 0.62 } else { 1.0 })
}

/// The text, or as much of it as fits in `max_px` with an ellipsis behind; cut between words where that loses little.
pub fn truncate(text: &str, max_px: f64, size_px: f64, weight: Weight) -> String {
    if width_px(text, size_px, weight) <= max_px {
        return text.to_owned();
    }
    let room = max_px - width_px("…", size_px, weight);
    let mut kept = String::new();
    let mut used = 0.0;
    for c in text.chars() {
        used += width_px(c.encode_utf8(&mut [0; 4]), size_px, weight);
        if used > room {
            break;
        }
        kept.push(c);
    }
    let kept = kept.trim_end_matches([' ', '-', ',', '\u{a0}', '’', '\'']);
    if kept.is_empty() {
        String::new()
    } else {
        format!("{kept}…")
    }
}

/// Breaks text into lines no wider than `max_px`; a single word that is wider is truncated.
pub fn wrap(text: &str, max_px: f64, size_px: f64, weight: Weight) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for word in text.split(' ').filter(|word| !word.is_empty()) {
        let longer = lines.last().map(|line| format!("{line} {word}"));
        match (longer, lines.last_mut()) {
            (Some(longer), Some(line)) if width_px(&longer, size_px, weight) <= max_px => *line = longer,
            _ => lines.push(truncate(word, max_px, size_px, weight)),
        }
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn digits_and_signs_are_equally_wide() {
        for weight in [Weight::Regular, Weight::Bold] {
            let one = width_px("1", 12.0, weight);
            assert!(
                "0123456789+−"
                    .chars()
                    .all(|c| width_px(&c.to_string(), 12.0, weight) == one)
            );
        }
    }

    #[test]
    fn the_narrow_space_of_french_numbers_is_in_the_font() {
        assert!((width_px("\u{202f}", 100.0, Weight::Regular) - 16.0).abs() < 0.1);
    }

    #[test]
    fn a_truncated_text_fits() {
        let name = "Provence-Alpes-Côte d’Azur";
        let cut = truncate(name, 100.0, 12.0, Weight::Regular);
        assert!(cut.ends_with('…') && width_px(&cut, 12.0, Weight::Regular) <= 100.0);
        assert_eq!(truncate(name, 300.0, 12.0, Weight::Regular), name);
        assert_eq!(truncate(name, 1.0, 12.0, Weight::Regular), "");
    }

    #[test]
    fn wrapped_lines_fit() {
        let lines = wrap("Chiffre d’affaires, M €", 110.0, 12.0, Weight::Regular);
        assert_eq!(lines, ["Chiffre d’affaires,", "M €"].map(str::to_owned));
    }
}
