//! The shipped geography on the map: departements as rings, communes as points, in Lambert-93 metres.

pub(crate) mod base;
pub(crate) mod projection;

use std::sync::LazyLock;

use chalandise_locale::geography;
use geo::{LineString, Polygon};

use projection::{Point, project};

/// The box round a set of points, in Lambert-93 metres.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Extent {
    pub(crate) west_m: f64,
    pub(crate) south_m: f64,
    pub(crate) east_m: f64,
    pub(crate) north_m: f64,
}

impl Extent {
    pub(crate) const EMPTY: Self = Self {
        west_m: f64::INFINITY,
        south_m: f64::INFINITY,
        east_m: f64::NEG_INFINITY,
        north_m: f64::NEG_INFINITY,
    };

    pub(crate) fn include(&mut self, point: Point) {
        self.west_m = self.west_m.min(point.east_m);
        self.east_m = self.east_m.max(point.east_m);
        self.south_m = self.south_m.min(point.north_m);
        self.north_m = self.north_m.max(point.north_m);
    }
}

/// A departement: its code, its region and its rings.
pub(crate) struct Departement {
    pub(crate) code: &'static str,
    pub(crate) region: &'static str,
    /// Outer and inner rings alike, without the repeated last corner.
    pub(crate) rings: Vec<Vec<Point>>,
}

/// A commune where the map has it.
pub(crate) struct Commune {
    pub(crate) name: &'static str,
    pub(crate) point: Point,
}

static DEPARTEMENTS: LazyLock<Vec<Departement>> = LazyLock::new(|| {
    let rings = |polygon: &Polygon<f64>| -> Vec<Vec<Point>> {
        let rings = std::iter::once(polygon.exterior()).chain(polygon.interiors());
        rings.map(corners).collect()
    };
    let departements = geography::departements().iter();
    departements
        .map(|departement| Departement {
            code: &departement.code,
            region: &departement.region,
            rings: departement.outline.iter().flat_map(rings).collect(),
        })
        .collect()
});
static COMMUNES: LazyLock<Vec<Commune>> = LazyLock::new(|| {
    let communes = geography::communes_by_size().iter();
    communes
        .map(|commune| Commune {
            name: &commune.name,
            point: project(commune.latitude, commune.longitude),
        })
        .collect()
});

/// The departements of metropolitan France.
pub(crate) fn departements() -> &'static [Departement] {
    &DEPARTEMENTS
}

/// The communes, the most populous first.
pub(crate) fn communes() -> &'static [Commune] {
    &COMMUNES
}

fn corners(ring: &LineString<f64>) -> Vec<Point> {
    let mut points: Vec<Point> = ring.coords().map(|corner| project(corner.y, corner.x)).collect();
    points.pop();
    points
}

/// The box round the departements that pass the filter; `None` when none does.
pub(crate) fn extent_of(keep: impl Fn(&Departement) -> bool) -> Option<Extent> {
    let mut extent = Extent::EMPTY;
    departements()
        .iter()
        .filter(|departement| keep(departement))
        .flat_map(|departement| departement.rings.iter().flatten())
        .for_each(|&point| extent.include(point));
    (extent.west_m <= extent.east_m).then_some(extent)
}
