//! Writing SVG: elements with escaped attributes and text, coordinates at one decimal.

use std::fmt::Write;

use crate::theme::{Color, FONT_STACK, Theme};

/// A pixel coordinate or length as SVG text: one decimal, no trailing zero, never `-0`, a number that is not finite as `0`.
///
/// ```
/// assert_eq!(chalandise_chart::svg::fmt(12.04), "12");
/// assert_eq!(chalandise_chart::svg::fmt(-0.04), "0");
/// assert_eq!(chalandise_chart::svg::fmt(7.25), "7.3");
/// ```
pub fn fmt(value: f64) -> String {
    if !value.is_finite() {
        return "0".to_owned();
    }
    let tenths = (value * 10.0).round() / 10.0;
    if tenths == 0.0 {
        "0".to_owned()
    } else {
        format!("{tenths}")
    }
}

/// One SVG element under construction.
#[derive(Debug, Clone, PartialEq)]
pub struct Element {
    name: &'static str,
    attributes: Vec<(&'static str, String)>,
    children: Vec<Node>,
}

#[derive(Debug, Clone, PartialEq)]
enum Node {
    Element(Element),
    Text(String),
}

impl Element {
    /// An element without attributes or children, such as `Element::new("rect")`.
    pub fn new(name: &'static str) -> Element {
        Element {
            name,
            attributes: Vec::new(),
            children: Vec::new(),
        }
    }

    /// Sets an attribute; `class` adds to the classes that are there, any other name replaces its value.
    pub fn set(mut self, name: &'static str, value: impl Into<String>) -> Element {
        let value = value.into();
        match self.attributes.iter_mut().find(|(known, _)| *known == name) {
            Some((_, old)) if name == "class" => {
                old.push(' ');
                old.push_str(&value);
            }
            Some((_, old)) => *old = value,
            None => self.attributes.push((name, value)),
        }
        self
    }

    /// Sets a coordinate or length in pixels, written by [`fmt`].
    pub fn px(self, name: &'static str, value: f64) -> Element {
        self.set(name, fmt(value))
    }

    /// Fills with a named colour: a class on a page, the literal colour in a file.
    pub fn fill(self, theme: Theme, color: Color) -> Element {
        match color.literal(theme) {
            None => self.set("class", format!("f-{}", color.name())),
            Some(hex) => self.set("fill", hex),
        }
    }

    /// Strokes with a named colour: a class on a page, the literal colour in a file.
    pub fn stroke(self, theme: Theme, color: Color, width_px: f64) -> Element {
        let width = format!("{}", (width_px * 100.0).round() / 100.0);
        match color.literal(theme) {
            None => self.set("class", format!("s-{}", color.name())),
            Some(hex) => self.set("stroke", hex),
        }
        .set("stroke-width", width)
    }

    /// Adds a child element.
    pub fn child(mut self, child: Element) -> Element {
        self.children.push(Node::Element(child));
        self
    }

    /// Adds child elements, in order.
    pub fn children(mut self, children: impl IntoIterator<Item = Element>) -> Element {
        self.children.extend(children.into_iter().map(Node::Element));
        self
    }

    /// Adds text, escaped when written.
    pub fn text(mut self, text: impl Into<String>) -> Element {
        self.children.push(Node::Text(text.into()));
        self
    }

    /// Adds a `<title>` child, which browsers show as a tooltip and screen readers read.
    pub fn title(mut self, title: &str) -> Element {
        // It has to be the first child to count as the element's name everywhere.
        self.children
            .insert(0, Node::Element(Element::new("title").text(title)));
        self
    }

    /// The text that is seen, if it is a text: without its tooltip.
    pub fn seen(&self) -> Option<String> {
        let text = |node: &Node| match node {
            Node::Text(text) => Some(text.clone()),
            Node::Element(_) => None,
        };
        (self.name == "text").then(|| self.children.iter().filter_map(text).collect())
    }

    /// Writes the element with its children behind `out`.
    pub fn write(&self, out: &mut String) {
        out.push('<');
        out.push_str(self.name);
        for (name, value) in &self.attributes {
            out.push(' ');
            out.push_str(name);
            out.push_str("=\"");
            escape(value, out);
            out.push('"');
        }
        if self.children.is_empty() {
            out.push_str("/>");
            return;
        }
        out.push('>');
        for child in &self.children {
            match child {
                Node::Element(element) => element.write(out),
                Node::Text(text) => escape(text, out),
            }
        }
        out.push_str("</");
        out.push_str(self.name);
        out.push('>');
    }
}

/// Escapes for element text and quoted attributes alike, and leaves out the characters that XML 1.0 forbids.
pub fn escape(text: &str, out: &mut String) {
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\t' | '\n' | '\r' => out.push(' '),
            '\0'..='\u{1f}' | '\u{fffe}' | '\u{ffff}' => {}
            other => out.push(other),
        }
    }
}

/// A whole picture: the root element with its accessible name, size, definitions and body.
#[derive(Debug, Clone)]
pub struct Svg<'a> {
    /// Prefix of every id inside, unique on the page.
    pub id: &'a str,
    /// Accessible name.
    pub title: &'a str,
    /// The finding, in a sentence.
    pub desc: &'a str,
    /// Width in pixels.
    pub width_px: f64,
    /// Height in pixels.
    pub height_px: f64,
    /// Page classes or literal colours.
    pub theme: Theme,
    /// Whether the picture holds links: it is then a document and takes one tab stop itself.
    pub linked: bool,
    /// Patterns and clips; empty means no `<defs>`.
    pub defs: Vec<Element>,
    /// What is drawn, back to front.
    pub body: Vec<Element>,
}

impl<'a> Svg<'a> {
    /// An empty picture.
    pub fn new(id: &'a str, title: &'a str, desc: &'a str, width_px: f64, height_px: f64, theme: Theme) -> Svg<'a> {
        Svg {
            id,
            title,
            desc,
            width_px,
            height_px,
            theme,
            linked: false,
            defs: Vec::new(),
            body: Vec::new(),
        }
    }

    /// The `<svg>` element as text.
    pub fn finish(self) -> String {
        let (title_id, desc_id) = (format!("{}-t", self.id), format!("{}-d", self.id));
        let (width, height) = (fmt(self.width_px), fmt(self.height_px));
        let mut labelled = title_id.clone();
        if !self.desc.is_empty() {
            let _ = write!(labelled, " {desc_id}");
        }
        let mut root = Element::new("svg")
            .set("xmlns", "http://www.w3.org/2000/svg")
            .set("id", self.id)
            .set("class", "chart")
            .set("viewBox", format!("0 0 {width} {height}"))
            .set("width", width.clone())
            .set("height", height.clone())
            .set("role", if self.linked { "graphics-document" } else { "img" })
            .set("aria-labelledby", labelled)
            .set("font-family", FONT_STACK)
            .set("font-size", "12");
        if self.linked {
            root = root.set("tabindex", "0");
        }
        if self.theme != Theme::Css {
            root = root.set("style", "font-variant-numeric:tabular-nums");
        }
        root = root.child(Element::new("title").set("id", title_id).text(self.title));
        if !self.desc.is_empty() {
            root = root.child(Element::new("desc").set("id", desc_id).text(self.desc));
        }
        if !self.defs.is_empty() {
            root = root.child(Element::new("defs").children(self.defs));
        }
        if self.theme != Theme::Css {
            // A file stands alone: without a page behind it, it brings its own ground.
            root = root.child(
                Element::new("rect")
                    .set("width", width)
                    .set("height", height)
                    .fill(self.theme, Color::Page),
            );
        }
        let mut out = String::new();
        root.children(self.body).write(&mut out);
        out
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_and_attributes_are_escaped() {
        let mut out = String::new();
        Element::new("a")
            .set("href", "?a=1&b=\"2\"")
            .text("<\u{0}&>")
            .write(&mut out);
        assert_eq!(out, "<a href=\"?a=1&amp;b=&quot;2&quot;\">&lt;&amp;&gt;</a>");
    }

    #[test]
    fn a_page_gets_classes_and_a_file_gets_colours() {
        let mut page = String::new();
        Element::new("rect")
            .fill(Theme::Css, Color::Accent)
            .stroke(Theme::Css, Color::Ink, 1.5)
            .write(&mut page);
        assert_eq!(page, "<rect class=\"f-accent s-ink\" stroke-width=\"1.5\"/>");
        let mut file = String::new();
        Element::new("rect").fill(Theme::Light, Color::Accent).write(&mut file);
        assert_eq!(file, "<rect fill=\"#0b5a6b\"/>");
    }
}
