//! What a scenario does.

use super::change::Kind;

/// An amount (EUR a year) before and after.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Amount {
    /// As the network stands.
    pub before: f64,
    /// Under the scenario.
    pub after: f64,
    /// After less before, summed cell by cell and so exact to rounding also where it is small.
    pub change: f64,
}

/// What a scenario does to a site itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    /// It was not there.
    Opened,
    /// It goes.
    Closed,
    /// It goes elsewhere.
    Moved,
    /// It has another attraction.
    Resized,
    /// Nothing: it reaches cells that a changed site reaches.
    Neighbour,
}

/// A site that gains or loses, or was named in a change.
#[derive(Clone, Debug, PartialEq)]
pub struct SiteOutcome {
    /// Its id.
    pub id: String,
    /// Whose it is.
    pub kind: Kind,
    /// What is done to it.
    pub role: Role,
    /// What it takes.
    pub amount: Amount,
    /// Cells in its reach at its new place; none when it has no new place. 0 says that it is in the sea or outside the market.
    pub cells_in_reach: Option<usize>,
}

/// A cell in reach of a changed site.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct CellOutcome {
    /// Its number in the slice that the network was built from.
    pub cell: u32,
    /// What stores of our own take there (EUR a year), as the network stands.
    pub before: f64,
    /// The same under the scenario.
    pub after: f64,
}

/// Who gives or takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Party {
    /// A site, by its place in [`Outcome::sites`].
    Site(usize),
    /// What is spent outside.
    Outside,
}

/// What goes from one to another.
///
/// In each cell what the losers lose is given to the gainers in proportion to what each gains, so the transfers out of a site, less
/// those into it, add up to its change.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Transfer {
    /// Who loses.
    pub from: Party,
    /// Who gains.
    pub to: Party,
    /// How much (EUR a year), above 0.
    pub amount: f64,
}

/// What a scenario does.
#[derive(Clone, Debug, PartialEq)]
pub struct Outcome {
    /// The sites concerned: present ones in the order of the network, then opened ones by id.
    pub sites: Vec<SiteOutcome>,
    /// Stores of our own together, also those not concerned.
    pub own: Amount,
    /// Competitors together.
    pub competitors: Amount,
    /// The outside.
    pub outside: Amount,
    /// The cells in reach of a changed site, by number.
    pub cells: Vec<CellOutcome>,
    /// Who gives to whom, by giver and taker.
    pub transfers: Vec<Transfer>,
}
