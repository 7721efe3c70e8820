//! What a build is told of the network models.

use chalandise_analytics::network::huff::Decay;

/// Sales area of the store that is supposed where no store tells its own, in m2.
pub(super) const USUAL_AREA_M2: f64 = 1_000.0;

/// How the way from a cell to a store is measured, in all models of the network alike.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum DistanceMeasure {
    /// Along the great circle, in km.
    #[default]
    GreatCircle,
    /// Minutes by car, approximate: shortest paths over H3 cells that are slower where more people live.
    ApproximateTime,
    /// Minutes from the table `travel_times`; pairs that it lacks are out of reach. Sites to come have approximate minutes, stretched by the
    /// ratio of the two where both are known.
    TravelTimes,
}

impl DistanceMeasure {
    /// All measures.
    pub const ALL: [DistanceMeasure; 3] = [Self::GreatCircle, Self::ApproximateTime, Self::TravelTimes];

    /// Name in settings and tables.
    pub fn name(self) -> &'static str {
        match self {
            Self::GreatCircle => "great_circle",
            Self::ApproximateTime => "approximate_time",
            Self::TravelTimes => "travel_times",
        }
    }

    /// The measure of a name.
    pub fn named(name: &str) -> Option<DistanceMeasure> {
        Self::ALL.into_iter().find(|measure| measure.name() == name)
    }

    /// Distances that count as this when they are smaller, and beyond which a store is out of reach: km or minutes.
    pub fn usual_range(self) -> (f64, f64) {
        match self {
            Self::GreatCircle => (1.0, 80.0),
            Self::ApproximateTime | Self::TravelTimes => (5.0, 90.0),
        }
    }
}

/// Settings of the network models.
#[derive(Clone, Debug, PartialEq)]
pub struct NetworkSettings {
    /// How distances are measured.
    pub distance: DistanceMeasure,
    /// Smallest and largest distance; the measure's usual ones when absent.
    pub range: Option<(f64, f64)>,
    /// Columns of stores that attract: of the table `stores`, or attributes of `store_attributes`.
    pub attraction: Vec<String>,
    /// The decay's form; the likeliest of all when absent.
    pub decay: Option<Decay>,
    /// Share of the potential that is spent in stores; the retailer's own share of stores when absent.
    pub store_share: Option<f64>,
}

impl Default for NetworkSettings {
    fn default() -> Self {
        NetworkSettings {
            distance: DistanceMeasure::default(),
            range: None,
            attraction: vec!["sales_area_m2".to_owned()],
            decay: None,
            store_share: None,
        }
    }
}

impl NetworkSettings {
    /// Smallest and largest distance.
    pub fn range(&self) -> (f64, f64) {
        self.range.unwrap_or(self.distance.usual_range())
    }
}
