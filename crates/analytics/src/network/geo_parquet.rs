//! Shapes as GeoParquet keeps them: well-known binary in a column, and a JSON text about that column in the file's metadata.
//!
//! - WKB: ISO/IEC 13249-3 (and OGC 06-103r4, section 8), little endian, two coordinates, x = longitude before y = latitude;
//! - metadata: GeoParquet 1.1.0, value of the file's key `geo`. No `crs` stands for OGC:CRS84: longitude and latitude on WGS 84.
//!
//! A writer puts [`multi_polygon_wkb`] into a binary column and [`Metadata::json`] under [`METADATA_KEY`].

use std::fmt::Write;

use geo::{BoundingRect, LineString, MultiPolygon, Point, Polygon};

/// Key of the metadata among the key-value pairs of a Parquet file.
pub const METADATA_KEY: &str = "geo";

const LITTLE_ENDIAN: u8 = 1;
const POINT: u32 = 1;
const POLYGON: u32 = 3;
const MULTI_POLYGON: u32 = 6;

/// A point in WKB.
///
/// ```
/// let wkb = chalandise_analytics::network::geo_parquet::point_wkb(geo::Point::new(2.0, 48.0));
/// assert_eq!(wkb.len(), 21);
/// ```
pub fn point_wkb(point: Point<f64>) -> Vec<u8> {
    let mut wkb = Vec::with_capacity(21);
    head(&mut wkb, POINT);
    coordinates(&mut wkb, point.x(), point.y());
    wkb
}

/// A polygon in WKB, the exterior first, then the holes; rings are closed.
pub fn polygon_wkb(polygon: &Polygon<f64>) -> Vec<u8> {
    let mut wkb = Vec::new();
    push_polygon(&mut wkb, polygon);
    wkb
}

/// Polygons in WKB.
///
/// ```
/// use chalandise_analytics::network::geo_parquet::multi_polygon_wkb;
/// // No polygon: the byte order, the type and a count of 0.
/// assert_eq!(multi_polygon_wkb(&geo::MultiPolygon::new(vec![])), [1, 6, 0, 0, 0, 0, 0, 0, 0]);
/// ```
pub fn multi_polygon_wkb(polygons: &MultiPolygon<f64>) -> Vec<u8> {
    let mut wkb = Vec::new();
    head(&mut wkb, MULTI_POLYGON);
    count(&mut wkb, polygons.0.len());
    for polygon in polygons {
        push_polygon(&mut wkb, polygon);
    }
    wkb
}

fn push_polygon(wkb: &mut Vec<u8>, polygon: &Polygon<f64>) {
    head(wkb, POLYGON);
    if polygon.exterior().0.is_empty() {
        count(wkb, 0);
        return;
    }
    count(wkb, 1 + polygon.interiors().len());
    push_ring(wkb, polygon.exterior());
    for hole in polygon.interiors() {
        push_ring(wkb, hole);
    }
}

fn push_ring(wkb: &mut Vec<u8>, ring: &LineString<f64>) {
    count(wkb, ring.0.len());
    for point in ring.coords() {
        coordinates(wkb, point.x, point.y);
    }
}

fn head(wkb: &mut Vec<u8>, kind: u32) {
    wkb.push(LITTLE_ENDIAN);
    wkb.extend_from_slice(&kind.to_le_bytes());
}

fn count(wkb: &mut Vec<u8>, parts: usize) {
    // The format counts to 2^32: 64 GB of coordinates.
    wkb.extend_from_slice(&(parts as u32).to_le_bytes());
}

fn coordinates(wkb: &mut Vec<u8>, x: f64, y: f64) {
    wkb.extend_from_slice(&x.to_le_bytes());
    wkb.extend_from_slice(&y.to_le_bytes());
}

/// Kind of shape, by its name in GeoParquet.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum GeometryType {
    /// [`point_wkb`].
    Point,
    /// [`polygon_wkb`].
    Polygon,
    /// [`multi_polygon_wkb`].
    MultiPolygon,
}

impl GeometryType {
    fn name(self) -> &'static str {
        match self {
            GeometryType::Point => "Point",
            GeometryType::Polygon => "Polygon",
            GeometryType::MultiPolygon => "MultiPolygon",
        }
    }
}

/// What a file says of its one column of shapes.
///
/// ```
/// use chalandise_analytics::network::geo_parquet::{GeometryType, Metadata};
/// let metadata = Metadata { column: "geometry", types: &[GeometryType::MultiPolygon], bounds: Some([-4.0, 47.0, 2.0, 49.5]) };
/// assert!(metadata.json().contains(r#""bbox":[-4,47,2,49.5]"#));
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Metadata<'a> {
    /// Name of the column.
    pub column: &'a str,
    /// The kinds of shapes in it.
    pub types: &'a [GeometryType],
    /// West, south, east, north over all rows, in degrees; [`bounds`] finds it. Left out when there are no shapes.
    pub bounds: Option<[f64; 4]>,
}

impl Metadata<'_> {
    /// The JSON text. It says that exteriors are wound counter-clockwise, as [`crate::network::catchment::dissolve`] winds them.
    pub fn json(&self) -> String {
        let column = quoted(self.column);
        let types: Vec<String> = self.types.iter().map(|kind| quoted(kind.name())).collect();
        let bounds = self
            .bounds
            .filter(|bounds| bounds.iter().all(|degrees| degrees.is_finite()));
        let bounds = bounds.map_or_else(String::new, |[west, south, east, north]| {
            format!(r#","bbox":[{west},{south},{east},{north}]"#)
        });
        let types = types.join(",");
        format!(
            r#"{{"version":"1.1.0","primary_column":{column},"columns":{{{column}:{{"encoding":"WKB","geometry_types":[{types}],"orientation":"counterclockwise","edges":"planar"{bounds}}}}}}}"#
        )
    }
}

/// The box round all shapes: west, south, east, north. None without a point.
///
/// ```
/// use chalandise_analytics::network::geo_parquet::bounds;
/// use geo::polygon;
/// let square = polygon![(x: 2.0, y: 48.0), (x: 3.0, y: 48.0), (x: 3.0, y: 49.0)];
/// assert_eq!(bounds([&geo::MultiPolygon::new(vec![square])]), Some([2.0, 48.0, 3.0, 49.0]));
/// ```
pub fn bounds<'a>(shapes: impl IntoIterator<Item = &'a MultiPolygon<f64>>) -> Option<[f64; 4]> {
    let boxes = shapes.into_iter().filter_map(BoundingRect::bounding_rect);
    let boxes = boxes.map(|rect| [rect.min().x, rect.min().y, rect.max().x, rect.max().y]);
    boxes.reduce(|[west, south, east, north], [w, s, e, n]| [west.min(w), south.min(s), east.max(e), north.max(n)])
}

/// A JSON string (RFC 8259, section 7).
fn quoted(text: &str) -> String {
    let mut json = String::with_capacity(text.len() + 2);
    json.push('"');
    for letter in text.chars() {
        match letter {
            '"' | '\\' => {
                json.push('\\');
                json.push(letter);
            }
            // Writing into a string cannot fail.
            control if control < ' ' => drop(write!(json, "\\u{:04x}", u32::from(control))),
            other => json.push(other),
        }
    }
    json.push('"');
    json
}

#[cfg(test)]
mod tests {
    use geo::polygon;
    use serde_json::Value;

    use super::*;

    fn holed() -> Polygon<f64> {
        polygon!(
            exterior: [(x: 0.0, y: 0.0), (x: 8.0, y: 0.0), (x: 0.0, y: 8.0)],
            interiors: [[(x: 1.0, y: 1.0), (x: 1.0, y: 2.0), (x: 2.0, y: 1.0)]],
        )
    }

    #[test]
    fn a_triangle_with_a_hole_is_these_bytes() {
        let number = |value: f64| match value as u8 {
            0 => [0, 0, 0, 0, 0, 0, 0, 0],
            1 => [0, 0, 0, 0, 0, 0, 0xf0, 0x3f],
            2 => [0, 0, 0, 0, 0, 0, 0, 0x40],
            _ => [0, 0, 0, 0, 0, 0, 0x20, 0x40],
        };
        let ring = |points: [(f64, f64); 4]| {
            let numbers = points.iter().flat_map(|(x, y)| [number(*x), number(*y)]).flatten();
            [4, 0, 0, 0].into_iter().chain(numbers).collect::<Vec<u8>>()
        };
        let expected = [
            vec![1, 3, 0, 0, 0, 2, 0, 0, 0],
            ring([(0.0, 0.0), (8.0, 0.0), (0.0, 8.0), (0.0, 0.0)]),
            ring([(1.0, 1.0), (1.0, 2.0), (2.0, 1.0), (1.0, 1.0)]),
        ]
        .concat();
        assert_eq!(polygon_wkb(&holed()), expected);
        let two = multi_polygon_wkb(&MultiPolygon::new(vec![holed(), holed()]));
        assert_eq!(
            two,
            [vec![1, 6, 0, 0, 0, 2, 0, 0, 0], expected.clone(), expected].concat()
        );
        let point = point_wkb(Point::new(8.0, 1.0));
        assert_eq!(point, [&[1, 1, 0, 0, 0][..], &number(8.0), &number(1.0)].concat());
    }

    /// Reads what was written.
    struct Reader<'a>(&'a [u8]);

    impl Reader<'_> {
        fn take<const N: usize>(&mut self) -> [u8; N] {
            let (head, rest) = self.0.split_first_chunk().expect("enough bytes");
            self.0 = rest;
            *head
        }

        fn count(&mut self) -> u32 {
            u32::from_le_bytes(self.take())
        }

        fn ring(&mut self) -> LineString<f64> {
            let points = self.count();
            (0..points)
                .map(|_| (f64::from_le_bytes(self.take()), f64::from_le_bytes(self.take())))
                .collect()
        }

        fn polygon(&mut self) -> Polygon<f64> {
            assert_eq!((self.take::<1>(), self.count()), ([1], 3));
            let mut rings: Vec<_> = (0..self.count()).map(|_| self.ring()).collect();
            if rings.is_empty() {
                return Polygon::new(LineString::new(vec![]), vec![]);
            }
            let exterior = rings.remove(0);
            Polygon::new(exterior, rings)
        }

        fn multi_polygon(&mut self) -> MultiPolygon<f64> {
            assert_eq!((self.take::<1>(), self.count()), ([1], 6));
            (0..self.count()).map(|_| self.polygon()).collect()
        }
    }

    #[test]
    fn what_is_written_is_read_back() {
        let empty = Polygon::new(LineString::new(vec![]), vec![]);
        let odd = polygon![(x: -1.0 / 3.0, y: 1e-300), (x: 179.999, y: -89.9), (x: 0.1, y: 0.2)];
        for shape in [vec![], vec![holed()], vec![odd, holed(), empty]] {
            let shape = MultiPolygon::new(shape);
            let wkb = multi_polygon_wkb(&shape);
            let mut reader = Reader(&wkb);
            assert_eq!(reader.multi_polygon(), shape);
            assert!(reader.0.is_empty());
        }
    }

    #[test]
    fn the_metadata_is_json_whatever_the_column_is_called() {
        for column in ["geometry", "zone \"A\" \\ \n\u{1} é"] {
            let metadata = Metadata {
                column,
                types: &[GeometryType::Polygon, GeometryType::MultiPolygon],
                bounds: Some([-4.8, 41.3, 9.6, 51.1]),
            };
            let json: Value = serde_json::from_str(&metadata.json()).expect("JSON");
            assert_eq!(json["version"], "1.1.0");
            assert_eq!(json["primary_column"], column);
            let about = &json["columns"][column];
            assert_eq!(about["encoding"], "WKB");
            assert_eq!(about["geometry_types"], serde_json::json!(["Polygon", "MultiPolygon"]));
            assert_eq!(about["bbox"], serde_json::json!([-4.8, 41.3, 9.6, 51.1]));
            assert_eq!(about["orientation"], "counterclockwise");
            assert!(about.get("crs").is_none());
        }
        let empty = Metadata {
            column: "geometry",
            types: &[],
            bounds: bounds([&MultiPolygon::new(vec![])]),
        };
        let json: Value = serde_json::from_str(&empty.json()).expect("JSON");
        assert!(json["columns"]["geometry"].get("bbox").is_none());
    }
}
