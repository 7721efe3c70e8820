//! A drawing as a file of its own: title, subtitle, filters and source stand on the picture, colours are literal.

use crate::drawing::{PHONE_BORDER_PX, draw};
use crate::error::{FigureError, LONGEST_SIDE_PX, PictureError};
use crate::figure::Ready;
use crate::page::{Figure, Page};
use crate::view::View;
use chalandise_chart::Theme;
use chalandise_chart::text::{Weight, wrap};
use chalandise_chart::theme::{Color, FONT_STACK};
use maud::{PreEscaped, html};
use resvg::tiny_skia::{Pixmap, Transform};
use resvg::usvg::{Options, Tree, fontdb};
use std::sync::{Arc, LazyLock};

/// White space round the picture.
const MARGIN_PX: f64 = 24.0;
/// Title: 16/24, subtitle and footer: 12/16.
const TITLE: (f64, f64) = (16.0, 24.0);
const SMALL: (f64, f64) = (12.0, 16.0);

/// The words round a drawing.
#[derive(Debug, Clone, Copy)]
pub struct Captions<'a> {
    /// The finding.
    pub title: &'a str,
    /// Lines under it: subtitle, filters.
    pub under: &'a [String],
    /// Lines below the drawing: source, that the retailer is generated.
    pub below: &'a [String],
}

/// A figure's drawing with its words.
///
/// # Errors
/// [`FigureError`] when the chart cannot be drawn.
pub fn svg(view: &View<'_>, page: &Page, figure: &Figure, ready: &Ready, width_px: f64) -> Result<String, FigureError> {
    let theme = view.theme.of_file();
    let inner_px = if width_px < PHONE_BORDER_PX {
        width_px - MARGIN_PX
    } else {
        width_px - 2.0 * MARGIN_PX
    };
    let drawing = draw(
        view,
        figure,
        ready,
        &format!("{}-{}", page.id, figure.id),
        inner_px,
        theme,
    )?
    .unwrap_or_default();
    let under: Vec<String> = [ready.subtitle.clone(), filters_line(view, &ready.subtitle)]
        .into_iter()
        .filter(|line| !line.is_empty())
        .collect();
    let below = source_lines(view, &ready.source);
    Ok(caption(
        &drawing,
        inner_px,
        theme,
        &Captions {
            title: &ready.title,
            under: &under,
            below: &below,
        },
    ))
}

/// The filters with their days; what `said` or the filters' words say already is not said twice.
#[must_use]
pub fn filters_line(view: &View<'_>, said: &str) -> String {
    let (words, days) = (view.words(), view.days());
    let mut parts = Vec::new();
    if !said.contains(&words) {
        parts.push(words.as_str());
    }
    if !said.contains(&days) && !words.contains(&days) {
        parts.push(&days);
    }
    parts.join(" · ")
}

/// Source, and that the retailer is generated when it is.
#[must_use]
pub fn source_lines(view: &View<'_>, source: &str) -> Vec<String> {
    let say = view.say();
    let mut lines = vec![format!(
        "{source} · {}",
        say.labelled(say.word("term-currency"), view.data.currency())
    )];
    if view.data.version().generated {
        lines.push(say.word("figure-generated").to_owned());
    }
    lines
}

/// Puts words above and below a drawing; the whole is one SVG that needs nothing else.
#[must_use]
pub fn caption(drawing: &str, drawing_px: f64, theme: Theme, captions: &Captions<'_>) -> String {
    let margin = MARGIN_PX;
    let color = |color: Color| color.literal(theme).unwrap_or("#000000");
    let mut lines = Vec::new();
    let mut y = margin;
    let mut put = |text: &str, (size, line): (f64, f64), weight: Weight, color: &'static str, y: &mut f64| {
        for part in wrap(text, drawing_px, size, weight) {
            lines.push((part, size, weight, color, *y + line * 0.72));
            *y += line;
        }
    };
    put(captions.title, TITLE, Weight::Bold, color(Color::Ink), &mut y);
    for text in captions.under {
        put(text, SMALL, Weight::Regular, color(Color::Muted), &mut y);
    }
    y += 12.0;
    let (drawing_y, drawing_height) = (y, height_of(drawing));
    y += drawing_height + 12.0;
    for text in captions.below {
        put(text, SMALL, Weight::Regular, color(Color::Muted), &mut y);
    }
    let (width, height) = (drawing_px + 2.0 * margin, (y + margin).ceil());
    html! {
        svg xmlns="http://www.w3.org/2000/svg" width=(width) height=(height) viewBox=(format!("0 0 {width} {height}")) font-family=(FONT_STACK) {
            title { (captions.title) }
            rect width=(width) height=(height) fill=(color(Color::Page)) {}
            @for (text, size, weight, fill, y) in &lines {
                text x=(margin) y=(format!("{y:.1}")) font-size=(size) font-weight=(weight_number(*weight)) fill=(fill) { (text) }
            }
            g transform=(format!("translate({margin} {drawing_y})")) { (PreEscaped(drawing)) }
        }
    }
    .into_string()
}

/// The weight as SVG writes it.
fn weight_number(weight: Weight) -> u16 {
    match weight {
        Weight::Regular => 400,
        Weight::Bold => 600,
    }
}

/// The height that a drawing states.
fn height_of(drawing: &str) -> f64 {
    let head = drawing.split('>').next().unwrap_or_default();
    head.split(" height=\"")
        .nth(1)
        .and_then(|rest| rest.split('"').next())
        .and_then(|text| text.parse().ok())
        .unwrap_or(0.0)
}

/// The shipped font and no other: a picture looks the same on every machine.
static FONTS: LazyLock<Arc<fontdb::Database>> = LazyLock::new(|| {
    let mut fonts = fontdb::Database::new();
    for file in chalandise_chart::font_files() {
        fonts.load_font_data(file.to_vec());
    }
    fonts.set_sans_serif_family(chalandise_chart::FONT_FAMILY);
    Arc::new(fonts)
});

/// An SVG as a PNG of `scale` pixels a pixel.
///
/// # Errors
/// [`PictureError`] when the drawing cannot be read, or the picture would be empty or too large.
pub fn png(svg: &str, scale: f64) -> Result<Vec<u8>, PictureError> {
    let options = Options {
        font_family: chalandise_chart::FONT_FAMILY.to_owned(),
        fontdb: FONTS.clone(),
        ..Options::default()
    };
    let tree = Tree::from_str(svg, &options)?;
    let size = tree.size();
    let longest = f64::from(size.width().max(size.height())) * scale;
    if longest > LONGEST_SIDE_PX {
        return Err(PictureError::Size);
    }
    let pixels = |side: f32| (f64::from(side) * scale).ceil() as u32;
    let mut pixmap = Pixmap::new(pixels(size.width()), pixels(size.height())).ok_or(PictureError::Size)?;
    resvg::render(
        &tree,
        Transform::from_scale(scale as f32, scale as f32),
        &mut pixmap.as_mut(),
    );
    pixmap.encode_png().map_err(|_| PictureError::Write)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_drawing_with_its_words_becomes_a_picture_of_the_stated_size() {
        let drawing = "<svg width=\"200\" height=\"100\"><rect width=\"200\" height=\"100\" fill=\"#0b5a6b\"/></svg>";
        let captions = Captions {
            title: "Un titre",
            under: &["Sous-titre".into()],
            below: &["Source".into()],
        };
        let svg = caption(drawing, 200.0, Theme::Light, &captions);
        assert!(svg.contains("Un titre") && svg.contains("Source") && svg.starts_with("<svg "));
        let png = png(&svg, 2.0).unwrap();
        assert_eq!(&png[1..4], b"PNG");
        assert_eq!(u32::from_be_bytes([png[16], png[17], png[18], png[19]]), 496);
        assert!(matches!(super::png(&svg, 100.0), Err(PictureError::Size)));
        assert!(matches!(super::png("no drawing", 1.0), Err(PictureError::Read(_))));
    }
}
