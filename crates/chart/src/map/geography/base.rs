//! The base map: coast, departement and region borders as one resource for every view.
//!
//! The three outlines are drawn once in a grid of 100 m (the precision of the shipped coordinates) and every view only
//! moves and scales them, so a browser fetches them once for all views. A page refers to them with `<use>` and not with
//! `<image>`: shapes behind `<use>` inherit fill, stroke and custom properties from the page, so they follow its theme
//! without script; an image is a document of its own and would need one file per theme. Both Chromium and Firefox load
//! `<use>` from another file of the same origin. The shapes carry no colour for that reason, only
//! `vector-effect`, which is not inherited.
//!
//! A file holds the outlines that meet its view, in its own pixels: rasterisers do not know `vector-effect`.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::sync::LazyLock;

use super::departements;
use super::projection::Point;
use crate::map::frame::Frame;
use crate::map::path::{Corner, Edges, Window, push_line};

/// Metres in one unit of the base map.
const UNIT_M: f64 = 100.0;
/// Northing of the base map's upper edge, in metres.
const TOP_M: f64 = 7_200_000.0;

/// The base map as a file to serve.
pub struct BaseMap {
    /// Name that changes with the content, such as `base-0123456789abcdef.svg`: it may be cached for ever.
    pub file_name: String,
    /// The SVG document.
    pub svg: String,
}

/// The lines of the three outlines, in units of the base map.
struct Outlines {
    coast: Vec<Vec<Corner>>,
    departements: Vec<Vec<Corner>>,
    regions: Vec<Vec<Corner>>,
}

/// Which outline of the base map.
#[derive(Clone, Copy)]
pub(crate) enum Outline {
    /// Land against everything else; closed, so that it can be filled.
    Coast,
    /// Borders between departements of one region.
    Departements,
    /// Borders between regions.
    Regions,
}

impl Outline {
    /// The id of the outline in the file.
    pub(crate) fn id(self) -> &'static str {
        match self {
            Self::Coast => "coast",
            Self::Departements => "departements",
            Self::Regions => "regions",
        }
    }

    fn lines(self) -> &'static [Vec<Corner>] {
        match self {
            Self::Coast => &OUTLINES.coast,
            Self::Departements => &OUTLINES.departements,
            Self::Regions => &OUTLINES.regions,
        }
    }

    fn closed(self) -> bool {
        matches!(self, Self::Coast)
    }

    /// The outline's path data, in units of the base map.
    fn path(self) -> String {
        let mut path = String::new();
        for line in self.lines() {
            push_line(&mut path, line, self.closed());
        }
        path
    }

    /// The path data in tenths of a frame's pixels, of what meets the frame: a rasteriser takes its time for the rest too.
    pub(crate) fn path_in(self, frame: &Frame) -> String {
        let bounds = Window::round(frame);
        let mut path = String::new();
        for line in self.lines() {
            let corners: Vec<Corner> = line
                .iter()
                .map(|&(x, y)| {
                    let (x, y) = frame.pixel_of(Point {
                        east_m: f64::from(x) * UNIT_M,
                        north_m: TOP_M - f64::from(y) * UNIT_M,
                    });
                    ((x * 10.0).round() as i32, (y * 10.0).round() as i32)
                })
                .collect();
            if self.closed() {
                push_line(&mut path, &bounds.cut_ring(corners), true);
            } else {
                for part in bounds.parts_of(&corners) {
                    push_line(&mut path, part, false);
                }
            }
        }
        path
    }
}

static OUTLINES: LazyLock<Outlines> = LazyLock::new(trace);
static BASE_MAP: LazyLock<BaseMap> = LazyLock::new(write_file);

/// The base map of metropolitan France, the same for all views, languages and themes.
#[must_use]
pub fn base_map() -> &'static BaseMap {
    &BASE_MAP
}

/// The `transform` that lays the base map's units on a frame's pixels.
pub(crate) fn transform(frame: &Frame) -> String {
    let (left_px, top_px) = frame.pixel_of(Point {
        east_m: 0.0,
        north_m: TOP_M,
    });
    let scale = UNIT_M * frame.px_per_m;
    format!("matrix({scale:.6} 0 0 {scale:.6} {left_px:.2} {top_px:.2})")
}

fn corner(point: Point) -> Corner {
    // The shipped coordinates lie in 0 .. 13,000 units; a float to int cast saturates in any case.
    (
        (point.east_m / UNIT_M).round() as i32,
        ((TOP_M - point.north_m) / UNIT_M).round() as i32,
    )
}

/// Sorts every border segment by who lies on its two sides.
fn trace() -> Outlines {
    let mut sides: BTreeMap<(Corner, Corner), Vec<&str>> = BTreeMap::new();
    for departement in departements() {
        for ring in &departement.rings {
            for (index, &point) in ring.iter().enumerate() {
                let (a, b) = (corner(point), corner(ring[(index + 1) % ring.len()]));
                if a != b {
                    let segment = if a < b { (a, b) } else { (b, a) };
                    sides.entry(segment).or_default().push(departement.region);
                }
            }
        }
    }
    let (mut coast, mut inner, mut outer) = (Edges::default(), Edges::default(), Edges::default());
    for ((a, b), regions) in sides {
        match regions.as_slice() {
            [left, right] if left == right => inner.toggle(a, b),
            [_, _] => outer.toggle(a, b),
            // An odd number of rings on a segment: one side is not land.
            more if more.len() % 2 == 1 => coast.toggle(a, b),
            _ => {}
        }
    }
    Outlines {
        coast: coast.into_rings(),
        departements: inner.into_lines(),
        regions: outer.into_lines(),
    }
}

fn write_file() -> BaseMap {
    let mut svg = String::from("<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 13000 12000\">");
    for outline in [Outline::Coast, Outline::Departements, Outline::Regions] {
        let _ = write!(
            svg,
            "<path id=\"{}\" vector-effect=\"non-scaling-stroke\" fill-rule=\"evenodd\" d=\"{}\"/>",
            outline.id(),
            outline.path(),
        );
    }
    svg.push_str("</svg>\n");
    BaseMap {
        file_name: format!("base-{:016x}.svg", fnv_1a(svg.as_bytes())),
        svg,
    }
}

/// The 64-bit FNV-1a hash: enough to tell one release's base map from another's.
fn fnv_1a(bytes: &[u8]) -> u64 {
    bytes.iter().fold(0xcbf2_9ce4_8422_2325, |hash, &byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_base_map_is_one_small_file_with_three_outlines() {
        let base = base_map();
        for outline in [Outline::Coast, Outline::Departements, Outline::Regions] {
            assert!(base.svg.contains(&format!("id=\"{}\"", outline.id())));
            assert!(outline.path().len() > 1_000);
        }
        assert!(base.svg.len() < 64 * 1024, "{} bytes", base.svg.len());
        assert!(base.file_name.starts_with("base-") && base.file_name.ends_with(".svg"));
    }

    #[test]
    fn the_hash_is_the_published_one() {
        // Test vectors of the FNV reference: "" and "foobar".
        assert_eq!(fnv_1a(b""), 0xcbf2_9ce4_8422_2325);
        assert_eq!(fnv_1a(b"foobar"), 0x8594_4171_f739_67e8);
    }
}
