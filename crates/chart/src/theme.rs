//! The colours of the look, by name: CSS variables on a page, literals in a file.

use crate::text::FONT_FAMILY;

/// The font family list of every chart.
pub const FONT_STACK: &str = "'Inter Chalandise', Inter, system-ui, sans-serif";

/// Where a chart is going to be seen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Theme {
    /// On a page of ours: classes, whose rules [`css`] writes.
    Css,
    /// In a file, literal colours on white.
    Light,
    /// In a file, literal colours on the dark page.
    Dark,
    /// On paper: as light.
    Print,
}

/// A colour of the look. `name()` is the CSS variable without dashes and the end of the classes `f-` (fill) and `s-` (stroke).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Color {
    /// The page's ground, and text or halo in that colour.
    Page,
    /// Titles, labels, values.
    Ink,
    /// Secondary labels, category axis.
    Ink2,
    /// Subtitle, footer, tick text.
    Muted,
    /// Baselines, connectors, borders.
    Axis,
    /// Hairlines between rows.
    Line,
    /// Grid lines.
    Grid,
    /// Map ground, forecast zone, hovered row.
    Tint,
    /// The measured series.
    Accent,
    /// The soft tint of the accent, inside simulated outlines.
    AccentSoft,
    /// Last year.
    Py,
    /// The soft tint of last year's grey.
    PySoft,
    /// A positive difference.
    Gain,
    /// Its soft tint.
    GainSoft,
    /// A negative difference.
    Loss,
    /// Its soft tint.
    LossSoft,
    /// Sales channel store.
    Store,
    /// Sales channel web.
    Web,
    /// Sales channel post.
    Post,
    /// Sales channel phone.
    Phone,
    /// Category colour beside the channels (areas need an outline on white).
    Amber,
    /// Category colour beside the channels (areas need an outline on white).
    Sky,
    /// Sea on a map.
    Sea,
    /// Land on a map.
    Land,
    /// Marks over a map, such as store circles.
    Mark,
    /// Halo round text and marks over a map.
    Halo,
    /// Suppressed or missing on a map.
    NoData,
    /// Coast and region borders on a map.
    Border,
    /// Class 1 (least) to 7 (most) of the sequence.
    Sequence(u8),
    /// Text on that class of the sequence.
    OnSequence(u8),
    /// Class 1 (most negative) to 7 (most positive) of the differences; 4 straddles zero.
    Difference(u8),
}

/// Every colour with its light and its dark literal, one per line: the single place where they are written.
const COLORS: &[(Color, &str, &str, &str)] = &[
    (Color::Page, "page", "#ffffff", "#0f1519"),
    (Color::Ink, "ink", "#14202b", "#e9eef1"),
    (Color::Ink2, "ink2", "#44525e", "#b7c2ca"),
    (Color::Muted, "muted", "#5d6b76", "#95a3ad"),
    (Color::Axis, "axis", "#7f8b95", "#66747e"),
    (Color::Line, "line", "#dbe1e5", "#2a353c"),
    (Color::Grid, "grid", "#e6ebee", "#212b31"),
    (Color::Tint, "tint", "#f4f7f8", "#161e23"),
    (Color::Accent, "accent", "#0b5a6b", "#6cc7d4"),
    (Color::AccentSoft, "accent-soft", "#e3eff1", "#17343a"),
    (Color::Py, "py", "#7f8b95", "#76848e"),
    (Color::PySoft, "py-soft", "#d3dade", "#39454d"),
    (Color::Gain, "gain", "#54278f", "#b9b0e0"),
    (Color::GainSoft, "gain-soft", "#e4dff0", "#302a4d"),
    (Color::Loss, "loss", "#a34a00", "#f5a95c"),
    (Color::LossSoft, "loss-soft", "#fbe3cb", "#47300f"),
    (Color::Store, "store", "#0072b2", "#2f8fcb"),
    (Color::Web, "web", "#d55e00", "#e0701a"),
    (Color::Post, "post", "#009e73", "#12a97f"),
    (Color::Phone, "phone", "#cc79a7", "#cc79a7"),
    (Color::Amber, "amber", "#e69f00", "#e69f00"),
    (Color::Sky, "sky", "#56b4e9", "#56b4e9"),
    (Color::Sea, "sea", "#f4f7f8", "#0b1013"),
    (Color::Land, "land", "#ffffff", "#171f25"),
    (Color::Mark, "mark", "#14202b", "#ffffff"),
    (Color::Halo, "halo", "#ffffff", "#0f1519"),
    (Color::NoData, "nodata", "#eceff1", "#252e34"),
    (Color::Border, "border", "#5d6b76", "#7b8993"),
    (Color::Sequence(1), "q1", "#eef6c8", "#1b2f52"),
    (Color::Sequence(2), "q2", "#c7e9b4", "#1f4a86"),
    (Color::Sequence(3), "q3", "#7fcdbb", "#1d6ba3"),
    (Color::Sequence(4), "q4", "#41b6c4", "#2a9bc1"),
    (Color::Sequence(5), "q5", "#1d91c0", "#5dbfc0"),
    (Color::Sequence(6), "q6", "#225ea8", "#a5dcb7"),
    (Color::Sequence(7), "q7", "#0c2c84", "#f0f7b8"),
    (Color::OnSequence(1), "on-q1", "#14202b", "#e9eef1"),
    (Color::OnSequence(2), "on-q2", "#14202b", "#e9eef1"),
    (Color::OnSequence(3), "on-q3", "#14202b", "#e9eef1"),
    (Color::OnSequence(4), "on-q4", "#14202b", "#14202b"),
    (Color::OnSequence(5), "on-q5", "#14202b", "#14202b"),
    (Color::OnSequence(6), "on-q6", "#ffffff", "#14202b"),
    (Color::OnSequence(7), "on-q7", "#ffffff", "#14202b"),
    (Color::Difference(1), "d1", "#b35806", "#f59a3c"),
    (Color::Difference(2), "d2", "#e08214", "#c46f16"),
    (Color::Difference(3), "d3", "#fdb863", "#7d4a14"),
    (Color::Difference(4), "d4", "#eef0f2", "#2a343b"),
    (Color::Difference(5), "d5", "#b2abd2", "#4a4273"),
    (Color::Difference(6), "d6", "#8073ac", "#7e70b5"),
    (Color::Difference(7), "d7", "#542788", "#b9a9ea"),
];

impl Color {
    fn entry(self) -> &'static (Color, &'static str, &'static str, &'static str) {
        // A class beyond 1 to 7 takes the nearest one.
        let wanted = match self {
            Color::Sequence(class) => Color::Sequence(class.clamp(1, 7)),
            Color::OnSequence(class) => Color::OnSequence(class.clamp(1, 7)),
            Color::Difference(class) => Color::Difference(class.clamp(1, 7)),
            other => other,
        };
        COLORS.iter().find(|(color, ..)| *color == wanted).unwrap_or(&COLORS[1])
    }

    /// The CSS variable without its dashes, such as `accent-soft`.
    pub fn name(self) -> &'static str {
        self.entry().1
    }

    /// The literal for a file, none on a page (there the class says it).
    pub fn literal(self, theme: Theme) -> Option<&'static str> {
        match theme {
            Theme::Css => None,
            Theme::Light | Theme::Print => Some(self.entry().2),
            Theme::Dark => Some(self.entry().3),
        }
    }

    /// The fixed colour of a sales channel; a mixed or unknown one is grey.
    pub fn of_sales_channel(value: &str) -> Color {
        match value {
            "store" => Color::Store,
            "web" => Color::Web,
            "post" => Color::Post,
            "phone" => Color::Phone,
            _ => Color::Py,
        }
    }

    /// Gain, loss, or muted for exactly zero.
    pub fn of_sign(value: f64) -> Color {
        if value > 0.0 {
            Color::Gain
        } else if value < 0.0 {
            Color::Loss
        } else {
            Color::Muted
        }
    }

    /// The soft tint that fills a simulated outline of this colour.
    pub fn soft(self) -> Color {
        match self {
            Color::Gain => Color::GainSoft,
            Color::Loss => Color::LossSoft,
            Color::Accent => Color::AccentSoft,
            _ => Color::PySoft,
        }
    }

    /// The seven category colours, in the order in which series take them. The sales channels' own are not among them.
    pub const CATEGORIES: [Color; 7] = [
        Color::Accent,
        Color::Amber,
        Color::Sky,
        Color::Ink,
        Color::Gain,
        Color::Py,
        Color::Loss,
    ];
}

fn variables(dark: bool) -> String {
    COLORS
        .iter()
        .map(|(_, name, light, night)| format!("--{name}:{};", if dark { night } else { light }))
        .collect()
}

/// The stylesheet that every page needs: the colour variables (light, dark by preference or `data-theme`, print)
/// and the rules of the chart classes. Pages use the same variables, so that page and chart never disagree.
pub fn css() -> String {
    let (light, dark) = (variables(false), variables(true));
    let mut out = format!(
        ":root{{color-scheme:light;{light}}}\n\
         @media screen and (prefers-color-scheme:dark){{:root:not([data-theme=light]){{color-scheme:dark;{dark}}}}}\n\
         @media screen{{:root[data-theme=dark]{{color-scheme:dark;{dark}}}}}\n\
         .chart{{display:block;overflow:visible}}\n\
         .chart text{{font-family:\"{FONT_FAMILY}\",Inter,system-ui,sans-serif;font-variant-numeric:tabular-nums lining-nums}}\n\
         .chart .halo{{paint-order:stroke;stroke:var(--halo);stroke-width:3px;stroke-linejoin:round}}\n\
         .chart a{{cursor:pointer}}.chart [data-role=inside]{{pointer-events:none}}\n\
         .chart .hit{{fill:transparent}}.chart a:hover .hit{{fill:var(--tint)}}\n\
         .chart:focus-visible,.chart a:focus-visible{{outline:2px solid var(--accent);outline-offset:2px}}\n"
    );
    for (_, name, ..) in COLORS {
        out.push_str(&format!(
            ".chart .f-{name}{{fill:var(--{name})}}.chart .s-{name}{{stroke:var(--{name})}}\n"
        ));
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn luminance(hex: &str) -> f64 {
        let channel = |at: usize| {
            let value = f64::from(u8::from_str_radix(&hex[at..at + 2], 16).expect("a hex colour")) / 255.0;
            if value <= 0.04045 {
                value / 12.92
            } else {
                ((value + 0.055) / 1.055).powf(2.4)
            }
        };
        0.2126 * channel(1) + 0.7152 * channel(3) + 0.0722 * channel(5)
    }

    /// WCAG 2.2 contrast ratio.
    fn contrast(a: &str, b: &str) -> f64 {
        let (a, b) = (luminance(a), luminance(b));
        (a.max(b) + 0.05) / (a.min(b) + 0.05)
    }

    #[test]
    fn text_reaches_4_5_and_marks_reach_3_in_light_and_dark() {
        for theme in [Theme::Light, Theme::Dark] {
            let of = |color: Color| color.literal(theme).expect("a file theme has literals");
            for text in [
                Color::Ink,
                Color::Ink2,
                Color::Muted,
                Color::Accent,
                Color::Gain,
                Color::Loss,
            ] {
                assert!(contrast(of(text), of(Color::Page)) >= 4.5, "{text:?} on {theme:?}");
            }
            for mark in [
                Color::Py,
                Color::Axis,
                Color::Store,
                Color::Web,
                Color::Post,
                Color::Phone,
            ] {
                assert!(contrast(of(mark), of(Color::Page)) >= 3.0, "{mark:?} on {theme:?}");
            }
            for class in 1..=7 {
                let ratio = contrast(of(Color::OnSequence(class)), of(Color::Sequence(class)));
                assert!(
                    ratio >= 4.5,
                    "text on class {class} of {theme:?} reaches only {ratio:.2}"
                );
            }
        }
    }

    #[test]
    fn the_stylesheet_knows_every_colour() {
        let css = css();
        assert!(
            COLORS
                .iter()
                .all(|(_, name, ..)| css.contains(&format!("f-{name}{{fill:var(--{name})")))
        );
        assert_eq!(css.matches('{').count(), css.matches('}').count());
    }
}
