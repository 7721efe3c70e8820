//! What can be wrong with a view or a break that a user or a page gives.

/// A fault in the words of whoever wrote the URL or the page file.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum MapError {
    /// The text of a view has none of its forms.
    #[error(
        "view: '{text}' is no view; write fr, region:<name>, dep:<code>, or latitude,longitude,half-width in km (47.2184,-1.5536,25)"
    )]
    View {
        /// What was given.
        text: String,
    },
    /// No region has this name.
    #[error("view: there is no region '{name}'; the regions are {known}")]
    Region {
        /// What was given.
        name: String,
        /// All region names.
        known: String,
    },
    /// No metropolitan departement has this code.
    #[error(
        "view: there is no departement '{code}' in metropolitan France; write its two-character code, such as 44 or 2A"
    )]
    Departement {
        /// What was given.
        code: String,
    },
    /// The point lies too far from France or the half-width is not a positive number.
    #[error(
        "view: {latitude},{longitude},{half_width_km} is out of range; the latitude is 40 to 53, the longitude -7 to 12, the half-width above 0 km"
    )]
    Point {
        /// Degrees north.
        latitude: f64,
        /// Degrees east.
        longitude: f64,
        /// Kilometres.
        half_width_km: f64,
    },
    /// The box is upside down, not a number, or lies elsewhere.
    #[error(
        "frame: south {south}, west {west}, north {north}, east {east} is no box in France; give degrees, the smaller ones as south and west"
    )]
    Bounds {
        /// Southernmost latitude.
        south: f64,
        /// Westernmost longitude.
        west: f64,
        /// Northernmost latitude.
        north: f64,
        /// Easternmost longitude.
        east: f64,
    },
    /// Breaks that are too few, too many, or do not ascend.
    #[error("breaks: {limits:?} do not make classes; give 4 to 6 numbers, each above the one before")]
    Breaks {
        /// What was given.
        limits: Vec<f64>,
    },
}
