//! Where a map looks: named places or a point with a half-width, in the URL, on paper and on the screen.

use std::fmt;
use std::str::FromStr;

use h3o::{CellIndex, LatLng};

use super::MapError;
use super::frame::Frame;
use super::geography::projection::{Point, project, unproject};
use super::geography::{Extent, communes, extent_of};
use crate::format::{Language, Say};
use chalandise_locale::geography::{departement_names, region_names};

/// Width over height of every map: panning and zooming never change the figure's size.
pub const ASPECT: f64 = 904.0 / 776.0;

/// Half the width of the view of France, in metres.
const FRANCE_HALF_WIDTH_M: f64 = 648_000.0;
/// Middle of the view of France: west of the middle of the land, which leaves the Bay of Biscay to the legend.
const FRANCE_CENTRE: Point = Point {
    east_m: 624_000.0,
    north_m: 6_580_500.0,
};
/// The closest view, in kilometres.
const SMALLEST_HALF_WIDTH_KM: f64 = 2.0;
/// Share of a place's size that is left free on each side.
const MARGIN: f64 = 0.04;
/// Share of the width that one step of panning moves.
const PAN_SHARE: f64 = 0.4;
/// Latitudes and longitudes that a view may be centred on: France and its neighbours' edge.
const LATITUDES: (f64, f64) = (40.0, 53.0);
const LONGITUDES: (f64, f64) = (-7.0, 12.0);

/// What a view shows.
#[derive(Clone, Debug, PartialEq)]
pub enum Place {
    /// Metropolitan France with Corsica.
    France,
    /// A region by its name.
    Region(String),
    /// A departement by its code.
    Departement(String),
    /// The surroundings of a point.
    Point {
        /// Latitude of the middle, in degrees (four decimals).
        latitude: f64,
        /// Longitude of the middle, in degrees (four decimals).
        longitude: f64,
        /// Half the width of the picture, in kilometres (one decimal).
        half_width_km: f64,
    },
}

/// A direction of panning.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Direction {
    /// Up.
    North,
    /// Down.
    South,
    /// Right.
    East,
    /// Left.
    West,
}

/// A part of the map with the aspect of all maps.
///
/// Its text form is the value of the URL's `view`: `fr`, `region:Bretagne`, `dep:44` or
/// `47.2184,-1.5536,25` (latitude, longitude, half-width in km).
///
/// ```
/// use chalandise_chart::map::View;
/// let view: View = "dep:44".parse()?;
/// assert_eq!(view.default_resolution(), 7);
/// assert_eq!(view.to_string(), "dep:44");
/// # Ok::<(), chalandise_chart::map::MapError>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct View {
    place: Place,
    centre: Point,
    half_width_m: f64,
}

/// Latitudes and longitudes that hold a view, in degrees.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Bounds {
    /// Southernmost latitude.
    pub south: f64,
    /// Westernmost longitude.
    pub west: f64,
    /// Northernmost latitude.
    pub north: f64,
    /// Easternmost longitude.
    pub east: f64,
}

impl Bounds {
    /// Whether the middle of an H3 cell lies in it; not of a number that is no cell.
    ///
    /// ```
    /// # use chalandise_chart::map::View;
    /// let nantes = h3o::LatLng::new(47.2173, -1.5534)?.to_cell(h3o::Resolution::Seven);
    /// let held = |view: &str| view.parse::<View>().map(|view| view.bounds().holds(nantes.into()));
    /// assert_eq!((held("dep:44"), held("dep:75")), (Ok(true), Ok(false)));
    /// # Ok::<(), h3o::error::InvalidLatLng>(())
    /// ```
    #[must_use]
    pub fn holds(&self, cell: u64) -> bool {
        CellIndex::try_from(cell).is_ok_and(|cell| {
            let middle = LatLng::from(cell);
            (self.south..=self.north).contains(&middle.lat()) && (self.west..=self.east).contains(&middle.lng())
        })
    }
}

impl View {
    /// Metropolitan France.
    #[must_use]
    pub fn france() -> Self {
        Self {
            place: Place::France,
            centre: FRANCE_CENTRE,
            half_width_m: FRANCE_HALF_WIDTH_M,
        }
    }

    /// A region by its name, as in [`region_names`](chalandise_locale::geography::region_names); case, blanks, hyphens and apostrophes do not matter.
    ///
    /// # Errors
    /// [`MapError::Region`] when there is no such region; the message lists them.
    pub fn region(name: &str) -> Result<Self, MapError> {
        let known = region_names()
            .into_iter()
            .find(|known| letters(known).eq(letters(name)));
        known
            .and_then(|known| {
                let extent = extent_of(|departement| departement.region == known)?;
                Some(Self::round(Place::Region(known.to_owned()), extent))
            })
            .ok_or_else(|| MapError::Region {
                name: name.to_owned(),
                known: region_names().join(", "),
            })
    }

    /// A departement by its code, such as `44` or `2A`.
    ///
    /// # Errors
    /// [`MapError::Departement`] when there is no such departement in metropolitan France.
    pub fn departement(code: &str) -> Result<Self, MapError> {
        extent_of(|departement| departement.code == code)
            .map(|extent| Self::round(Place::Departement(code.to_owned()), extent))
            .ok_or_else(|| MapError::Departement { code: code.to_owned() })
    }

    /// The surroundings of a point, from 2 km of half-width to the whole of France.
    ///
    /// Degrees are rounded to four decimals (about 10 m) and the half-width to one, so that the URL says all of it.
    ///
    /// # Errors
    /// [`MapError::Point`] when the point lies outside France and its neighbours or the half-width is not above 0.
    pub fn around(latitude: f64, longitude: f64, half_width_km: f64) -> Result<Self, MapError> {
        let inside =
            (LATITUDES.0..=LATITUDES.1).contains(&latitude) && (LONGITUDES.0..=LONGITUDES.1).contains(&longitude);
        if !inside || !half_width_km.is_finite() || half_width_km <= 0.0 {
            return Err(MapError::Point {
                latitude,
                longitude,
                half_width_km,
            });
        }
        Ok(Self::at(latitude, longitude, half_width_km))
    }

    /// The smallest view that holds a box of degrees, with a margin; from 2 km of half-width to the whole of France.
    ///
    /// ```
    /// use chalandise_chart::map::{Bounds, View};
    /// let view = View::covering(&Bounds { south: 47.0, west: -2.2, north: 47.6, east: -0.9 })?;
    /// assert_eq!(view.to_string(), "47.3016,-1.5536,55.1");
    /// # Ok::<(), chalandise_chart::map::MapError>(())
    /// ```
    ///
    /// # Errors
    /// [`MapError::Bounds`] when the box is upside down, holds what is no number, or lies outside France and its neighbours.
    pub fn covering(bounds: &Bounds) -> Result<Self, MapError> {
        let Bounds {
            south,
            west,
            north,
            east,
        } = *bounds;
        let inside = |(low, high): (f64, f64), range: (f64, f64)| low <= high && high >= range.0 && low <= range.1;
        if !inside((south, north), LATITUDES) || !inside((west, east), LONGITUDES) {
            return Err(MapError::Bounds {
                south,
                west,
                north,
                east,
            });
        }
        let (low, high) = (south.max(LATITUDES.0), north.min(LATITUDES.1));
        let (left, right) = (west.max(LONGITUDES.0), east.min(LONGITUDES.1));
        let mut extent = Extent::EMPTY;
        // Parallels are arcs on the map, so the extremes may lie inside an edge.
        for step in 0..=8 {
            let longitude = left + (right - left) * f64::from(step) / 8.0;
            extent.include(project(low, longitude));
            extent.include(project(high, longitude));
        }
        let round = Self::round(Place::France, extent);
        let (latitude, longitude) = unproject(round.centre);
        let half_width_km = (round.half_width_m / 100.0).ceil() / 10.0;
        Ok(Self::at(latitude, longitude, half_width_km))
    }

    /// [`View::around`] with its arguments brought into range.
    fn at(latitude: f64, longitude: f64, half_width_km: f64) -> Self {
        let latitude = (latitude.clamp(LATITUDES.0, LATITUDES.1) * 1e4).round() / 1e4;
        let longitude = (longitude.clamp(LONGITUDES.0, LONGITUDES.1) * 1e4).round() / 1e4;
        let widest_km = FRANCE_HALF_WIDTH_M / 1e3;
        let half_width_km = (half_width_km.clamp(SMALLEST_HALF_WIDTH_KM, widest_km) * 10.0).round() / 10.0;
        Self {
            place: Place::Point {
                latitude,
                longitude,
                half_width_km,
            },
            centre: project(latitude, longitude),
            half_width_m: half_width_km * 1e3,
        }
    }

    /// The smallest view round an extent, with its margin.
    fn round(place: Place, extent: Extent) -> Self {
        let (width_m, height_m) = (extent.east_m - extent.west_m, extent.north_m - extent.south_m);
        let half_width_m = (width_m / 2.0).max(height_m / 2.0 * ASPECT) * (1.0 + 2.0 * MARGIN);
        let centre = Point {
            east_m: extent.west_m + width_m / 2.0,
            north_m: extent.south_m + height_m / 2.0,
        };
        Self {
            place,
            centre,
            half_width_m: half_width_m.max(SMALLEST_HALF_WIDTH_KM * 1e3),
        }
    }

    /// What the view shows.
    #[must_use]
    pub fn place(&self) -> &Place {
        &self.place
    }

    /// The view in words: `France métropolitaine`, `Bretagne`, `Loire-Atlantique`, `autour de Nantes`.
    #[must_use]
    pub fn name(&self, language: Language) -> String {
        match &self.place {
            Place::France => Say(language).word("chart-france").to_owned(),
            Place::Region(name) => name.clone(),
            Place::Departement(code) => departement_names()
                .into_iter()
                .find(|(known, _)| known == code)
                .map_or_else(|| code.clone(), |(_, name)| name.to_owned()),
            Place::Point {
                latitude, longitude, ..
            } => {
                let place = self
                    .middle_commune()
                    .map_or_else(|| format!("{latitude}, {longitude}"), str::to_owned);
                Say(language).words_with("chart-around", &[("place", place.into())])
            }
        }
    }

    /// The largest commune near the middle.
    fn middle_commune(&self) -> Option<&'static str> {
        let near = |point: Point| {
            let (east_m, north_m) = (point.east_m - self.centre.east_m, point.north_m - self.centre.north_m);
            east_m.hypot(north_m) < self.half_width_m * 0.35
        };
        communes()
            .iter()
            .find(|commune| near(commune.point))
            .map(|commune| commune.name)
    }

    /// Half the width of the picture, in kilometres.
    #[must_use]
    pub fn half_width_km(&self) -> f64 {
        self.half_width_m / 1e3
    }

    /// Latitude and longitude of the middle, in degrees.
    #[must_use]
    pub fn centre(&self) -> (f64, f64) {
        unproject(self.centre)
    }

    /// The view's neighbour one step away; the middle stays within France and its neighbours' edge.
    #[must_use]
    pub fn pan(&self, direction: Direction) -> Self {
        let step_m = 2.0 * self.half_width_m * PAN_SHARE;
        let (east, north) = match direction {
            Direction::North => (0.0, 1.0),
            Direction::South => (0.0, -1.0),
            Direction::East => (1.0, 0.0),
            Direction::West => (-1.0, 0.0),
        };
        let (latitude, longitude) = unproject(Point {
            east_m: self.centre.east_m + east * step_m,
            north_m: self.centre.north_m + north * step_m / ASPECT,
        });
        Self::at(latitude, longitude, self.half_width_km())
    }

    /// The same middle at twice the scale; `None` at the closest view.
    #[must_use]
    pub fn zoom_in(&self) -> Option<Self> {
        let (latitude, longitude) = self.centre();
        (self.half_width_km() > SMALLEST_HALF_WIDTH_KM)
            .then(|| Self::at(latitude, longitude, self.half_width_km() / 2.0))
    }

    /// The same middle at half the scale, up to France; `None` for France.
    #[must_use]
    pub fn zoom_out(&self) -> Option<Self> {
        if self.place == Place::France {
            return None;
        }
        let wider_km = self.half_width_km() * 2.0;
        if wider_km > 0.75 * FRANCE_HALF_WIDTH_M / 1e3 {
            return Some(Self::france());
        }
        let (latitude, longitude) = self.centre();
        Some(Self::at(latitude, longitude, wider_km))
    }

    /// The usual H3 resolution: France 5, region 6, departement 7, otherwise by width so that the cells in view stay
    /// under 5,000 (an H3 cell has about 253, 36, 5.2, 0.74 and 0.11 km² at resolutions 5 to 9).
    #[must_use]
    pub fn default_resolution(&self) -> u8 {
        let by_width = match self.half_width_km() {
            km if km > 225.0 => 5,
            km if km > 85.0 => 6,
            km if km > 31.0 => 7,
            km if km > 12.0 => 8,
            _ => 9,
        };
        match self.place {
            Place::France => 5,
            Place::Region(_) => 6,
            // Paris and its ring are cities in size.
            Place::Departement(_) if self.half_width_km() > 31.0 => 7,
            Place::Departement(_) | Place::Point { .. } => by_width,
        }
    }

    /// Latitudes and longitudes that hold the picture, for choosing the cells to read. They are generous by a cell of
    /// the view's usual resolution on each side.
    #[must_use]
    pub fn bounds(&self) -> Bounds {
        let margin_m = self.half_width_m * 0.06 + 500.0;
        let (half_width_m, half_height_m) = (self.half_width_m + margin_m, self.half_width_m / ASPECT + margin_m);
        let mut bounds = Bounds {
            south: f64::INFINITY,
            west: f64::INFINITY,
            north: f64::NEG_INFINITY,
            east: f64::NEG_INFINITY,
        };
        // Parallels are arcs on the map, so the extremes may lie inside an edge, not only at its ends.
        for step in -8..=8 {
            let along = f64::from(step) / 8.0;
            for (across, up) in [(along, 1.0), (along, -1.0), (1.0, along), (-1.0, along)] {
                let (latitude, longitude) = unproject(Point {
                    east_m: self.centre.east_m + across * half_width_m,
                    north_m: self.centre.north_m + up * half_height_m,
                });
                bounds.south = bounds.south.min(latitude);
                bounds.north = bounds.north.max(latitude);
                bounds.west = bounds.west.min(longitude);
                bounds.east = bounds.east.max(longitude);
            }
        }
        bounds
    }

    /// The pixel frame at a width.
    pub(crate) fn frame(&self, width_px: f64) -> Frame {
        let px_per_m = width_px / (2.0 * self.half_width_m);
        let height_px = (width_px / ASPECT).round();
        Frame {
            width_px,
            height_px,
            west_m: self.centre.east_m - self.half_width_m,
            north_m: self.centre.north_m + height_px / px_per_m / 2.0,
            px_per_m,
        }
    }
}

impl fmt::Display for View {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.place {
            Place::France => f.write_str("fr"),
            Place::Region(name) => write!(f, "region:{name}"),
            Place::Departement(code) => write!(f, "dep:{code}"),
            Place::Point {
                latitude,
                longitude,
                half_width_km,
            } => {
                write!(f, "{latitude},{longitude},{half_width_km}")
            }
        }
    }
}

impl FromStr for View {
    type Err = MapError;

    fn from_str(text: &str) -> Result<Self, MapError> {
        if text == "fr" {
            return Ok(Self::france());
        }
        if let Some(name) = text.strip_prefix("region:") {
            return Self::region(name);
        }
        if let Some(code) = text.strip_prefix("dep:") {
            return Self::departement(code);
        }
        let numbers: Option<Vec<f64>> = text.split(',').map(|part| part.trim().parse().ok()).collect();
        match numbers.as_deref() {
            Some(&[latitude, longitude, half_width_km]) => Self::around(latitude, longitude, half_width_km),
            _ => Err(MapError::View { text: text.to_owned() }),
        }
    }
}

/// The letters of a name: sources disagree on `Côte-d'Azur`, `Côte d’Azur` and capitals.
fn letters(name: &str) -> impl Iterator<Item = char> {
    name.chars()
        .filter(|char| char.is_alphabetic())
        .flat_map(char::to_lowercase)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::map::geography::departements;

    #[test]
    fn a_view_has_a_name() {
        let name = |text: &str| text.parse::<View>().expect(text).name(Language::French);
        assert_eq!(name("fr"), "France métropolitaine");
        assert_eq!(name("dep:44"), "Loire-Atlantique");
        assert_eq!(name("47.2184,-1.5536,25"), "autour de Nantes");
        assert_eq!(name("40.1,-6.9,5"), "autour de 40.1, -6.9");
    }

    #[test]
    fn every_form_of_the_url_comes_back() {
        for text in [
            "fr",
            "region:Bretagne",
            "region:Provence-Alpes-Côte-d'Azur",
            "dep:44",
            "dep:2A",
            "47.2184,-1.5536,25",
        ] {
            assert_eq!(text.parse::<View>().expect(text).to_string(), text);
        }
    }

    #[test]
    fn a_region_is_known_by_its_letters() {
        let view = |text: &str| text.parse::<View>().expect(text).to_string();
        assert_eq!(
            view("region:Provence-Alpes-Côte d’Azur"),
            "region:Provence-Alpes-Côte-d'Azur"
        );
        assert_eq!(view("region:île de france"), "region:Île-de-France");
    }

    #[test]
    fn what_is_no_view_says_what_a_view_is() {
        for text in [
            "",
            "france",
            "region:Gondor",
            "dep:99",
            "47,2,0",
            "47,2",
            "0,0,25",
            "NaN,2,3",
            "47,2,inf",
            "47;2;3",
        ] {
            let message = text.parse::<View>().expect_err(text).to_string();
            assert!(message.contains("view"), "{message}");
        }
    }

    #[test]
    fn usual_resolutions_follow_the_place() {
        let resolution = |text: &str| text.parse::<View>().expect(text).default_resolution();
        assert_eq!(resolution("fr"), 5);
        assert_eq!(resolution("region:Nouvelle-Aquitaine"), 6);
        assert_eq!(resolution("dep:33"), 7);
        assert_eq!(resolution("dep:75"), 9);
        assert_eq!(resolution("47.2184,-1.5536,25"), 8);
        assert_eq!(resolution("47.2184,-1.5536,8"), 9);
    }

    #[test]
    fn zooming_out_ends_in_france_and_zooming_in_at_two_kilometres() {
        let mut view: View = "dep:44".parse().expect("a departement");
        let mut steps = 0;
        while let Some(wider) = view.zoom_out() {
            view = wider;
            steps += 1;
        }
        assert_eq!(view, View::france());
        assert!((2..5).contains(&steps));
        while let Some(closer) = view.zoom_in() {
            view = closer;
        }
        assert!((view.half_width_km() - 2.0).abs() < 1e-9);
    }

    #[test]
    fn the_land_lies_inside_the_view_of_france() {
        let frame = View::france().frame(904.0);
        let points = departements().iter().flat_map(|d| d.rings.iter().flatten());
        for &point in points {
            let (x, y) = frame.pixel_of(point);
            assert!((4.0..900.0).contains(&x) && (4.0..772.0).contains(&y), "{x} {y}");
        }
    }

    #[test]
    fn bounds_hold_the_corners() {
        let view: View = "region:Bretagne".parse().expect("a region");
        let bounds = view.bounds();
        assert!(bounds.south < 47.3 && bounds.north > 48.9 && bounds.west < -5.1 && bounds.east > -1.0);
    }

    proptest! {
        #[test]
        fn panned_and_zoomed_views_survive_the_url(
            latitude in 42.0f64..51.0, longitude in -4.0f64..8.0, half_width_km in 2.0f64..600.0,
        ) {
            let view = View::around(latitude, longitude, half_width_km).expect("in range");
            for next in [
                Some(view.pan(Direction::North)),
                Some(view.pan(Direction::West)),
                view.zoom_in(),
                view.zoom_out(),
            ].into_iter().flatten() {
                prop_assert_eq!(&next.to_string().parse::<View>().expect("own form"), &next);
            }
        }
    }
}
