//! Looking at a finished drawing: does any text overlap another text, a bar or a line, or leave the picture?
//!
//! The check reads the SVG alone, with the metrics of the shipped font, so it sees what a reader sees. Exempt are, by
//! `data-role`: `inside` (a label wholly on its own bar or in its own cell), `grid` lines and pale `band`
//! areas under text with a `halo`, and `hit` areas (invisible).

use roxmltree::{Document, Node};

use crate::canvas::element::{Align, text_box};
use crate::canvas::geometry::{Obstacle, Rect};
use crate::text::Weight;

/// How far two boxes may reach into each other, in pixels: letters do not fill their boxes to the edge.
const TOLERANCE_PX: f64 = 0.6;

/// Something wrong with a drawing.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum Fault {
    /// The text is no XML.
    #[error("the drawing is not well-formed: {0}")]
    NotXml(String),
    /// Two texts overlap.
    #[error("'{0}' overlaps the text '{1}'")]
    TextOnText(String, String),
    /// A text overlaps a shape.
    #[error("'{text}' overlaps a {shape} at {at:?}")]
    TextOnShape {
        /// The text.
        text: String,
        /// The shape's element name.
        shape: String,
        /// Middle of the shape, in pixels.
        at: (i32, i32),
    },
    /// A text that belongs inside a bar or cell reaches out of it.
    #[error("'{0}' reaches out of the bar or cell that it stands in")]
    BesideShape(String),
    /// A text leaves the picture.
    #[error("'{0}' leaves the picture")]
    Outside(String),
    /// An id is used twice.
    #[error("the id '{0}' is used twice")]
    DuplicateId(String),
}

struct Words {
    text: String,
    bounds: Rect,
    inside: bool,
    halo: bool,
}

/// All faults of one of our drawings; none when it is fit to be shown.
///
/// ```
/// let svg = r#"<svg width="50" height="20"><text x="0" y="12">one</text><text x="8" y="12">two</text></svg>"#;
/// assert_eq!(chalandise_chart::inspect::faults(svg).len(), 1);
/// ```
pub fn faults(svg: &str) -> Vec<Fault> {
    let document = match Document::parse(svg) {
        Ok(document) => document,
        Err(fault) => return vec![Fault::NotXml(fault.to_string())],
    };
    let root = document.root_element();
    let mut faults = duplicate_ids(root);
    let mut texts: Vec<Words> = vec![];
    let mut shapes: Vec<(String, Obstacle)> = vec![];
    let mut quiet: Vec<(String, Obstacle)> = vec![];
    for node in root.descendants().filter(|node| node.is_element() && !in_defs(*node)) {
        match node.tag_name().name() {
            "text" => texts.extend(words(node)),
            _ if node.attribute("data-role") == Some("hit") => {}
            name if matches!(node.attribute("data-role"), Some("grid" | "band")) => {
                quiet.extend(obstacles(node).into_iter().map(|obstacle| (name.to_owned(), obstacle)))
            }
            name => shapes.extend(obstacles(node).into_iter().map(|obstacle| (name.to_owned(), obstacle))),
        }
    }
    let picture = Rect {
        left: 0.0,
        top: 0.0,
        right: number(root, "width"),
        bottom: number(root, "height"),
    };
    for (nth, text) in texts.iter().enumerate() {
        let bounds = text.bounds.grown(-TOLERANCE_PX);
        if !picture.grown(1.0).holds(&text.bounds) {
            faults.push(Fault::Outside(text.text.clone()));
        }
        for other in &texts[..nth] {
            if other.bounds.grown(-TOLERANCE_PX).overlaps(&bounds) {
                faults.push(Fault::TextOnText(other.text.clone(), text.text.clone()));
            }
        }
        if text.inside {
            let holds = |(_, shape): &(String, Obstacle)| matches!(shape, Obstacle::Box(own) if own.holds(&bounds));
            if !shapes.iter().any(holds) {
                faults.push(Fault::BesideShape(text.text.clone()));
            }
            continue;
        }
        let under = quiet.iter().filter(|_| !text.halo);
        let hit = shapes.iter().chain(under).find(|(_, shape)| shape.hits(&bounds));
        if let Some((shape, hit)) = hit {
            let box_of = hit.bounds();
            let at = (
                ((box_of.left + box_of.right) / 2.0) as i32,
                ((box_of.top + box_of.bottom) / 2.0) as i32,
            );
            faults.push(Fault::TextOnShape {
                text: text.text.clone(),
                shape: shape.clone(),
                at,
            });
        }
    }
    faults
}

fn duplicate_ids(root: Node<'_, '_>) -> Vec<Fault> {
    let mut seen = std::collections::BTreeSet::new();
    let ids = root
        .descendants()
        .filter_map(|node| node.attribute("id").map(str::to_owned));
    ids.filter(|id| !seen.insert(id.clone()))
        .map(Fault::DuplicateId)
        .collect()
}

fn in_defs(node: Node<'_, '_>) -> bool {
    node.ancestors().any(|ancestor| ancestor.tag_name().name() == "defs")
}

fn number(node: Node<'_, '_>, name: &str) -> f64 {
    node.attribute(name).and_then(|value| value.parse().ok()).unwrap_or(0.0)
}

fn words(node: Node<'_, '_>) -> Option<Words> {
    let text: String = node
        .children()
        .filter(Node::is_text)
        .filter_map(|child| child.text())
        .collect();
    if text.trim().is_empty() {
        return None;
    }
    let weight = if node.attribute("font-weight") == Some("600") {
        Weight::Bold
    } else {
        Weight::Regular
    };
    let align = match node.attribute("text-anchor") {
        Some("middle") => Align::Middle,
        Some("end") => Align::End,
        _ => Align::Start,
    };
    let bounds = text_box(&text, (number(node, "x"), number(node, "y")), align, weight);
    Some(Words {
        text,
        bounds,
        inside: node.attribute("data-role") == Some("inside"),
        halo: node.attribute("data-role") == Some("halo"),
    })
}

/// What a drawn element covers; the ground of a file is none.
fn obstacles(node: Node<'_, '_>) -> Vec<Obstacle> {
    let half = node
        .attribute("stroke-width")
        .map_or(0.0, |_| number(node, "stroke-width") / 2.0);
    match node.tag_name().name() {
        "rect" if node.attribute("x").is_some() => {
            let (x, y) = (number(node, "x"), number(node, "y"));
            vec![Obstacle::Box(
                Rect {
                    left: x,
                    top: y,
                    right: x + number(node, "width"),
                    bottom: y + number(node, "height"),
                }
                .grown(half),
            )]
        }
        "circle" => {
            let (x, y, r) = (number(node, "cx"), number(node, "cy"), number(node, "r"));
            vec![Obstacle::Box(Rect {
                left: x - r,
                top: y - r,
                right: x + r,
                bottom: y + r,
            })]
        }
        "line" => {
            let (a, b) = (
                (number(node, "x1"), number(node, "y1")),
                (number(node, "x2"), number(node, "y2")),
            );
            vec![Obstacle::Stroke(a, b, half)]
        }
        "path" => path(node.attribute("d").unwrap_or_default(), half),
        _ => vec![],
    }
}

/// Our own paths are absolute moves and lines, closed or not, or the curves of a flow.
fn path(d: &str, half: f64) -> Vec<Obstacle> {
    let closed = d.ends_with('Z');
    let coordinates: Vec<f64> = d
        .split(['M', 'L', 'C', 'Z', ' ', ','])
        .filter_map(|part| part.parse().ok())
        .collect();
    let mut points: Vec<(f64, f64)> = coordinates.chunks_exact(2).map(|pair| (pair[0], pair[1])).collect();
    if d.contains('C') {
        // A curve lies in the box of its points; text has no business anywhere between two groups.
        return Rect::around(&points).into_iter().map(Obstacle::Box).collect();
    }
    if closed && let Some(first) = points.first().copied() {
        points.push(first);
    }
    points
        .windows(2)
        .map(|pair| Obstacle::Stroke(pair[0], pair[1], half))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn picture(body: &str) -> String {
        format!(r#"<svg width="200" height="100"><rect width="200" height="100"/>{body}</svg>"#)
    }

    #[test]
    fn overlaps_and_escapes_are_found() {
        let bar = picture(r#"<rect x="0" y="0" width="50" height="50"/><text x="10" y="20">a</text>"#);
        assert!(matches!(&faults(&bar)[..], [Fault::TextOnShape { .. }]));
        let line = picture(r#"<path d="M0 0L200 100"/><text x="90" y="52">abc</text>"#);
        assert!(matches!(&faults(&line)[..], [Fault::TextOnShape { .. }]));
        let out = picture(r#"<text x="190" y="20">abcdef</text>"#);
        assert_eq!(faults(&out), [Fault::Outside("abcdef".to_owned())]);
        assert!(matches!(&faults("<svg><a></svg>")[..], [Fault::NotXml(_)]));
        assert_eq!(
            faults(&picture(r#"<g id="a"/><g id="a"/>"#)),
            [Fault::DuplicateId("a".to_owned())]
        );
    }

    #[test]
    fn text_in_a_cell_stays_in_it_and_off_the_ribbons() {
        let cell = |x: u32| {
            picture(&format!(
                r#"<rect x="0" y="0" width="50" height="50"/><text x="{x}" y="20" data-role="inside">abc</text>"#
            ))
        };
        assert_eq!(faults(&cell(10)), []);
        assert_eq!(faults(&cell(40)), [Fault::BesideShape("abc".to_owned())]);
        let ribbon =
            picture(r#"<path d="M0 0C50 0 50 80 100 80L100 90C50 90 50 10 0 10Z"/><text x="40" y="50">abc</text>"#);
        assert!(matches!(&faults(&ribbon)[..], [Fault::TextOnShape { .. }]));
    }

    #[test]
    fn what_is_quiet_on_purpose_is_no_fault() {
        let fine = picture(
            r#"<rect x="0" y="0" width="50" height="50"/><text x="10" y="20" data-role="inside">a</text>
               <line x1="0" y1="80" x2="200" y2="80" data-role="grid"/><text x="90" y="82" data-role="halo">abc</text>"#,
        );
        assert_eq!(faults(&fine), []);
    }
}
