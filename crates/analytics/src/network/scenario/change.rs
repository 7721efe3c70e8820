//! What a network is made of, and what can be changed in it.

/// The most changes that one scenario takes.
pub const MOST_CHANGES: usize = 1_000;

/// A point on the globe.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Place {
    /// Degrees north, from -90 to 90.
    pub latitude: f64,
    /// Degrees east, from -180 to 180.
    pub longitude: f64,
}

/// A cell of the market.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Cell {
    /// Its centre.
    pub place: Place,
    /// What its residents spend in the retailer's categories, anywhere (EUR a year), from 0.
    pub potential: f64,
}

/// Whose site it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A store of the network.
    Own,
    /// A competitor's.
    Competitor,
}

/// How far the cells are from a site. All sites of a network are measured in the same way.
#[derive(Clone, Debug, PartialEq, Default)]
pub enum Distances {
    /// Kilometres along the great circle, on the sphere that H3 uses.
    #[default]
    GreatCircle,
    /// Cells, by their number in the slice that the network was built from, each once, with the distance or travel time of each in
    /// the unit of the rule. A cell that is not listed is out of reach.
    Listed(Vec<(u32, f64)>),
}

/// A store of ours or of a competitor.
#[derive(Clone, Debug, PartialEq)]
pub struct Site {
    /// Its name, unique in the network.
    pub id: String,
    /// Where it is.
    pub place: Place,
    /// Attraction A, from 0: exp(sum of exponent times ln covariate, plus the store's effect).
    pub attraction: f64,
    /// Whose it is.
    pub kind: Kind,
    /// ln of its covariates (sales area, ...), one for each exponent of the model; empty when no gradients are wanted. As many for every
    /// site.
    pub covariates: Vec<f64>,
    /// How far the cells are from it.
    pub distances: Distances,
}

/// One change of a network. Those of competitors are the same: [`Site::kind`] says whose a new site is, its id whose an old one.
///
/// Changes are a set: their order means nothing, the same change twice is one, and a site that is opened and closed is not there.
#[derive(Clone, Debug, PartialEq)]
pub enum Change {
    /// A site that was not there.
    Open(Site),
    /// A site goes.
    Close {
        /// Which.
        id: String,
    },
    /// A site goes elsewhere with its attraction.
    Move {
        /// Which.
        id: String,
        /// Where to.
        to: Place,
        /// How far the cells are from there.
        distances: Distances,
    },
    /// A site has another attraction.
    Resize {
        /// Which.
        id: String,
        /// The new attraction.
        attraction: f64,
        /// ln of the new covariates, as many as a site has.
        covariates: Vec<f64>,
    },
}

impl Change {
    /// The id of the site that it is about.
    pub fn id(&self) -> &str {
        match self {
            Change::Open(site) => &site.id,
            Change::Close { id } | Change::Move { id, .. } | Change::Resize { id, .. } => id,
        }
    }

    /// What is done to the site, as one word.
    pub fn verb(&self) -> &'static str {
        match self {
            Change::Open(_) => "open",
            Change::Close { .. } => "close",
            Change::Move { .. } => "move",
            Change::Resize { .. } => "resize",
        }
    }
}
